/** Tokens of installations: made once an hour each, renewed before they end, never asked for twice at once. */
import type { Clock } from '../../ports/clock.ts';

export interface InstallationToken {
  token: string;
  expiresAtMs: number;
}

export interface InstallationTokens {
  /** A token that is good for some minutes at least. */
  get(installationId: number): Promise<string>;
  /**
   * Forgets a token that GitHub did not take, so that the next one is fresh; one that is younger than `leastAgeMs` is
   * kept, since a fresh one would be no other.
   */
  drop(installationId: number, token: string, leastAgeMs?: number): void;
}

/** From here on a new one is made, while the old one still serves if that fails. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** What is shorter than this may end on its way. */
const LEAST_MS = 30_000;

/** Keeps the tokens that `mint` makes. */
export function openInstallationTokens(
  clock: Pick<Clock, 'now'>,
  mint: (installationId: number) => Promise<InstallationToken>,
): InstallationTokens {
  const kept = new Map<number, InstallationToken & { madeAtMs: number }>();
  const underWay = new Map<number, Promise<InstallationToken>>();

  async function renew(installationId: number): Promise<InstallationToken> {
    try {
      const made = await mint(installationId);
      kept.set(installationId, { ...made, madeAtMs: clock.now() });
      return made;
    } finally {
      underWay.delete(installationId);
    }
  }

  function renewOnce(installationId: number): Promise<InstallationToken> {
    const known = underWay.get(installationId);
    if (known !== undefined) return known;
    const begun = renew(installationId);
    underWay.set(installationId, begun);
    return begun;
  }

  return {
    async get(installationId) {
      const known = kept.get(installationId);
      const leftMs = (known?.expiresAtMs ?? 0) - clock.now();
      if (known !== undefined && leftMs > RENEW_BEFORE_MS) return known.token;
      try {
        return (await renewOnce(installationId)).token;
      } catch (error) {
        if (known !== undefined && leftMs > LEAST_MS && kept.get(installationId) === known) return known.token;
        throw error;
      }
    },
    drop(installationId, token, leastAgeMs = 0) {
      const known = kept.get(installationId);
      if (known?.token === token && clock.now() - known.madeAtMs >= leastAgeMs) kept.delete(installationId);
    },
  };
}
