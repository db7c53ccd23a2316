/** The keys for which something was found, with what. */
export function mapOf<K, V>(keys: readonly K[], look: (key: K) => V | undefined): Map<K, V> {
  const found = new Map<K, V>();
  for (const key of keys) {
    const value = look(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}
