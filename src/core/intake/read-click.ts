/**
 * Reads a click on a button of one of our check runs: the one thing that a webhook tells and that cannot be read
 * again. Whoever clicked is judged later, by the permission that GitHub names then.
 */
import type { CommitSha } from '../brand.ts';
import type { Click } from '../hosted/facts.ts';
import { issueOf } from '../hosted/state.ts';
import { isObjectName } from '../ids.ts';
import type { PlanTarget } from './hint.ts';
import { at, idAt, readRepository, textAt } from './payload.ts';
import type { OwnIdentity } from './read-hint.ts';

/** A click and the plan that its check run belongs to. */
export interface PlanClick {
  target: PlanTarget;
  click: Click;
}

const KINDS: ReadonlyMap<string, Click['actor']['kind']> = new Map([
  ['User', 'user'],
  ['Bot', 'bot'],
  ['Organization', 'organization'],
  ['Mannequin', 'mannequin'],
]);

/** The click that an event tells, `null` if it tells none. Never throws. `deliveryId` makes it count once. */
export function readClick(
  eventName: string,
  payload: unknown,
  deliveryId: string,
  self: Pick<OwnIdentity, 'appId'>,
): PlanClick | null {
  if (eventName !== 'check_run' || at(payload, 'action') !== 'requested_action') return null;
  const check = at(payload, 'check_run');
  if (at(check, 'app', 'id') !== self.appId) return null;
  const repository = readRepository(at(payload, 'repository'));
  const [installationId] = idAt(payload, 'installation', 'id');
  // We give our check runs the plan's id as the first part of their own.
  const issue = issueOf(textAt(check, 'external_id').split('/', 1)[0] ?? '');
  const headSha = textAt(check, 'head_sha');
  const identifier = textAt(payload, 'requested_action', 'identifier');
  const login = textAt(payload, 'sender', 'login');
  if (repository === null || installationId === undefined || issue === null || !isObjectName(headSha)) return null;
  if (!/^[a-z-]{1,20}$/.test(identifier) || login === '' || deliveryId === '') return null;
  const [actorId] = idAt(payload, 'sender', 'id');
  const kind = KINDS.get(textAt(payload, 'sender', 'type')) ?? 'unknown';
  return {
    target: { installationId, owner: repository.owner, repo: repository.name, repositoryId: repository.id, issue },
    click: {
      source: deliveryId,
      identifier,
      headSha: headSha as CommitSha,
      actor: { login, kind, id: actorId ?? null },
    },
  };
}
