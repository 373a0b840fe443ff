import { Icon } from "./icon.tsx";

interface Props {
  id: string;
  label: string;
  value: string;
  problem: string | null;
  onChange(value: string): void;
}

/** A field for text or a regular expression. */
export function FilterBox({ id, label, value, problem, onChange }: Props) {
  return (
    <span class={`filter${problem ? " wrong" : ""}`} title={problem ?? undefined}>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={problem !== null}
        onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </span>
  );
}
