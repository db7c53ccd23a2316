/** A priority queue in an array. */
export interface Heap<T> {
  push(item: T): void;
  /** The first item by the order given, `undefined` if there is none. */
  pop(): T | undefined;
  size(): number;
}

/** An empty heap; `isBefore(a, b)` says that `a` comes out before `b`. */
export function createHeap<T>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];

  function swap(a: number, b: number): void {
    const held = items[a] as T;
    items[a] = items[b] as T;
    items[b] = held;
  }

  function sink(from: number): void {
    for (let at = from; ;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && isBefore(items[child] as T, items[first] as T)) first = child;
      }
      if (first === at) return;
      swap(at, first);
      at = first;
    }
  }

  return {
    push(item) {
      items.push(item);
      for (let at = items.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!isBefore(items[at] as T, items[parent] as T)) return;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink(0);
      }
      return top;
    },
    size: () => items.length,
  };
}
