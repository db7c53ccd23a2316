/** A cache of what does not change, or may be a little old: bounded in weight, the longest unused goes first. */

/** See the head of this file. */
export class BoundedCache<Key, Value> {
  private readonly kept = new Map<Key, { value: Value; weight: number }>();
  private readonly maxWeight: number;
  private readonly weigh: (value: Value) => number;
  private weight = 0;

  /** `weigh` says what one value counts; each counts 1 unless it is given. */
  constructor(maxWeight: number, weigh: (value: Value) => number = () => 1) {
    this.maxWeight = maxWeight;
    this.weigh = weigh;
  }

  get(key: Key): Value | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, found);
    return found.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const weight = this.weigh(value);
    // One that is too large alone would push out all others and not stay either.
    if (weight > this.maxWeight) return;
    this.kept.set(key, { value, weight });
    this.weight += weight;
    for (const oldest of this.kept.keys()) {
      if (this.weight <= this.maxWeight) break;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const found = this.kept.get(key);
    if (found === undefined) return;
    this.kept.delete(key);
    this.weight -= found.weight;
  }
}
