/** Whose commands are obeyed. */

/** What the forge's permission endpoint says of a person; never derived from `author_association`. */
export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

/** Who said something. `login` is hostile text. */
export interface Speaker {
  login: string;
  kind: 'user' | 'bot' | 'organization' | 'mannequin' | 'unknown';
  /** The forge's numeric id of this account; `null` if it is not known. */
  id: number | null;
}

/** Everything that one judgement reads. */
export interface AuthorityFacts {
  speaker: Speaker;
  /** `null` if it could not be read. Not asked of bots. */
  permission: Permission | null;
  /** The comment was edited after it was posted: by whom, GitHub does not surely say. */
  isEdited: boolean;
  /** Said by this very app, told by its numeric id. */
  isOwnApp: boolean;
  /** Bots that the configuration allows, by the same kind of id as `speaker.id`. */
  allowedBotIds: readonly number[];
}

/**
 * What becomes of a command. `ignore`: nothing, in silence. `refuse`: it is answered with the reason. `unknown`: look
 * again later. `because` is a whole sentence without any hostile text.
 */
export type Authority = { kind: 'obey' } | { kind: 'ignore' | 'refuse' | 'unknown'; because: string };

const CAN_WRITE: ReadonlySet<Permission> = new Set(['admin', 'maintain', 'write']);

/**
 * Decides whether a command is obeyed: people with write permission, and bots that the configuration lists by id.
 * What could start an argument between two programs (own comments, bots, accounts of no known kind) gets no answer.
 */
export function judgeAuthority(facts: AuthorityFacts): Authority {
  const { speaker, permission } = facts;
  if (facts.isOwnApp) return ignore('Espalier does not obey its own comments.');
  if (facts.isEdited) return ignore('An edited comment is no command; a new comment is.');
  if (isBot(speaker)) {
    return speaker.id !== null && facts.allowedBotIds.includes(speaker.id)
      ? { kind: 'obey' }
      : ignore('This bot is not one that the configuration allows.');
  }
  if (speaker.kind !== 'user') return ignore('Only people and the bots that the configuration allows are obeyed.');
  if (permission === null) {
    return { kind: 'unknown', because: 'The permission of the author could not be read; it is asked for again.' };
  }
  if (CAN_WRITE.has(permission)) return { kind: 'obey' };
  const found = permission === 'none' ? 'You have no permission' : `Your permission is '${permission}'`;
  return {
    kind: 'refuse',
    because: `${found} in this repository; commands need 'write'. Ask somebody who has it to write the command.`,
  };
}

/** No person's login can end so: whoever reports such a login as a user's has it wrong. */
function isBot({ kind, login }: Speaker): boolean {
  return kind === 'bot' || login.toLowerCase().endsWith('[bot]');
}

function ignore(because: string): Authority {
  return { kind: 'ignore', because };
}
