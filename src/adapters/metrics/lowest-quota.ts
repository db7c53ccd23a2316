/** What is left of GitHub's quotas, over all installations: the lowest counts, since it is what will run out. */
import type { Quota } from '../../core/hosted/facts.ts';

/** Remembers the last word on each installation's quota until GitHub fills it up again. */
export class LowestQuota {
  readonly #quotas = new Map<string, { api: string; quota: Quota }>();

  note(api: string, installationId: number, quota: Quota): void {
    this.#quotas.set(`${api} ${installationId}`, { api, quota });
  }

  /** The lowest for each API of which anything is known at `nowMs`. */
  lowest(nowMs: number): Map<string, number> {
    const lowest = new Map<string, number>();
    for (const [key, { api, quota }] of this.#quotas) {
      if (quota.resetAtMs <= nowMs) this.#quotas.delete(key);
      else lowest.set(api, Math.min(lowest.get(api) ?? Infinity, quota.remaining));
    }
    return lowest;
  }
}
