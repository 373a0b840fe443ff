/** An answer in `application/vnd.metrana.columns`: memory that needs no parsing. */
export interface Columns {
  head: Record<string, unknown>;
  f64(name: string): Float64Array;
  f32(name: string): Float32Array;
  /** Counts; those beyond 2^53 are rounded. */
  counts(name: string): Float64Array;
  bytes(name: string): Uint8Array;
}

interface Column {
  name: string;
  type: string;
  count: number;
  offset: number;
}

export const COLUMNS_TYPE = "application/vnd.metrana.columns";
const MAGIC = "MTRCOLS1";
const FRONT = 16;

export function readColumns(buffer: ArrayBuffer): Columns {
  const magic = buffer.byteLength < FRONT ? "" : new TextDecoder().decode(new Uint8Array(buffer, 0, 8));
  if (magic !== MAGIC) throw new Error("The answer is not in columns.");
  const length = new DataView(buffer).getUint32(8, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, FRONT, length));
  const head = JSON.parse(text) as Record<string, unknown> & { columns: Column[] };
  const columns = new Map(head.columns.map((column) => [column.name, column]));
  const place = (name: string, type: string) => {
    const column = columns.get(name);
    if (column?.type !== type) throw new Error(`The answer has no column '${name}' of ${type}.`);
    return [buffer, FRONT + length + column.offset, column.count] as const;
  };
  return {
    head,
    f64: (name) => new Float64Array(...place(name, "f64")),
    f32: (name) => new Float32Array(...place(name, "f32")),
    counts: (name) => {
      const [memory, offset, count] = place(name, "u64");
      // As halves: big integers would each be an object.
      const halves = new Uint32Array(memory, offset, 2 * count);
      const counts = new Float64Array(count);
      for (let at = 0; at < count; at++) counts[at] = halves[2 * at]! + halves[2 * at + 1]! * 2 ** 32;
      return counts;
    },
    bytes: (name) => new Uint8Array(...place(name, "u8")),
  };
}
