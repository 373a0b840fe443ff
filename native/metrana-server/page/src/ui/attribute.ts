import type { Attribute } from "../api/types.ts";

/** An attribute's value as text. */
export function written(attribute: Attribute | undefined): string {
  if (!attribute) return "";
  switch (attribute.type) {
    case "null":
      return "null";
    case "string_set":
      return attribute.value.join(", ");
    case "timestamp":
      return new Date(Number(attribute.value_millis)).toLocaleString();
    default:
      return String(attribute.value);
  }
}
