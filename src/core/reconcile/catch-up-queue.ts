/**
 * Brings the ledger of the base up to that of the plan. On a hosted forge the two are separate branches that do not move
 * together, the plan's first: whatever the base's ledger lacks after a crash is found again from the plan's.
 */
import { listLanding, type Draft } from './draft.ts';

/** Adds the landings that the base's ledger lacks, and ends a freeze whose landing was set aside. */
export function catchUpQueue(draft: Draft): void {
  addMissingLandings(draft);
  endSettledFreeze(draft);
}

function addMissingLandings(draft: Draft): void {
  const { certificates, plan } = draft.ledger;
  if (certificates.length === 0) return;
  const known = new Set(draft.queue.landings.filter((one) => one.plan === plan.id).map((one) => one.commitSha));
  const missing = certificates.filter((certificate) => !known.has(certificate.landedSha));
  if (missing.length > 0)
    draft.queue = { ...draft.queue, landings: [...draft.queue.landings, ...missing.map(listLanding)] };
}

/** A thaw sets the landing aside in the plan's ledger and ends the freeze in the base's: the first says that it was meant. */
function endSettledFreeze(draft: Draft): void {
  const commitSha = draft.queue.frozen?.commitSha;
  if (commitSha === undefined) return;
  const isSetAside = Object.values(draft.ledger.tasks).some((record) =>
    record.attempts.some((attempt) => attempt.status === 'cancelled' && attempt.landing?.commitSha === commitSha),
  );
  if (isSetAside) draft.queue = { ...draft.queue, frozen: null };
}
