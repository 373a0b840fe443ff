/**
 * The items of a list that only grows, read piece by piece and never all of them: each so manieth, so that there are always
 * more than half as many as there may be, as soon as there are enough.
 */
export class Thinned<T> {
  readonly #most: number;
  #items: T[] = [];
  #every = 1;

  /** @param most How many are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Reads what is new. `read` gives each `every`th item from an offset on, and how many there are in all. */
  async grow(read: (part: { offset: number; limit: number; every: number }) => Promise<{ total: number; items: readonly T[] }>) {
    for (;;) {
      const answer = await read({ offset: this.#items.length * this.#every, limit: this.#most, every: this.#every });
      this.#items = [...this.#items, ...answer.items];
      while (Math.max(this.#items.length, Math.ceil(answer.total / this.#every)) > this.#most) this.#halve();
      if (answer.items.length === 0 || this.#items.length * this.#every >= answer.total) return;
    }
  }

  #halve() {
    this.#items = this.#items.filter((_, place) => place % 2 === 0);
    this.#every *= 2;
  }
}
