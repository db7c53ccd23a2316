import { describe, expect, it } from 'vitest';

import { type AuthorityFacts, judgeAuthority } from '../../../src/core/commands/authority.ts';

function judge(facts: Partial<AuthorityFacts>) {
  return judgeAuthority({
    speaker: { login: 'maintainer', kind: 'user', id: 7 },
    permission: 'write',
    isEdited: false,
    isOwnApp: false,
    allowedBotIds: [],
    ...facts,
  });
}

const robot = { login: 'robot[bot]', kind: 'bot', id: 42 } as const;

describe('a command is', () => {
  it.each(['admin', 'maintain', 'write'] as const)('obeyed with the permission %s', (permission) => {
    expect(judge({ permission })).toEqual({ kind: 'obey' });
  });

  it.each(['triage', 'read', 'none'] as const)('refused with the permission %s, and the author told', (permission) => {
    const found = permission === 'none' ? 'You have no permission' : `Your permission is '${permission}'`;
    expect(judge({ permission })).toEqual({
      kind: 'refuse',
      because: `${found} in this repository; commands need 'write'. Ask somebody who has it to write the command.`,
    });
  });

  it('looked at again while the permission is not known', () => {
    expect(judge({ permission: null })).toMatchObject({ kind: 'unknown' });
  });

  it.each<[string, Partial<AuthorityFacts>]>([
    ["the app's own comment", { isOwnApp: true }],
    ["the app's own comment, though it lists itself", { isOwnApp: true, speaker: robot, allowedBotIds: [42] }],
    ['edited', { isEdited: true }],
    ["a stranger's and edited", { isEdited: true, permission: 'none' }],
    ['edited by a bot that is allowed', { isEdited: true, speaker: robot, allowedBotIds: [42] }],
    ["a bot's that is not listed", { speaker: robot, allowedBotIds: [43] }],
    ["a bot's that is not listed and may write", { speaker: robot, permission: 'admin' }],
    ["a bot's without an id", { speaker: { ...robot, id: null }, allowedBotIds: [0] }],
    ["a user's with the login of a bot", { speaker: { ...robot, kind: 'user' }, permission: 'admin' }],
    ["an organization's", { speaker: { login: 'org', kind: 'organization', id: 1 }, permission: 'admin' }],
    ["a mannequin's", { speaker: { login: 'imported', kind: 'mannequin', id: 1 }, permission: 'admin' }],
    [
      "somebody's of a kind that is not known",
      { speaker: { login: 'x', kind: 'unknown', id: 1 }, permission: 'admin' },
    ],
  ])('passed over in silence when it is %s', (_name, facts) => {
    expect(judge(facts)).toMatchObject({ kind: 'ignore' });
  });

  it('obeyed from a bot that the configuration lists by id, whatever its name', () => {
    expect(judge({ speaker: robot, permission: null, allowedBotIds: [1, 42] })).toEqual({ kind: 'obey' });
    expect(judge({ speaker: { ...robot, login: 'any' }, permission: null, allowedBotIds: [42] })).toEqual({
      kind: 'obey',
    });
  });

  it("not obeyed from a person whose id is a listed bot's", () => {
    expect(
      judge({ speaker: { login: 'stranger', kind: 'user', id: 42 }, permission: 'read', allowedBotIds: [42] }),
    ).toMatchObject({ kind: 'refuse' });
  });

  it('answered without a word of the name of its author', () => {
    const login = '@everyone<!--';
    for (const kind of ['user', 'bot', 'organization', 'mannequin', 'unknown'] as const)
      expect(JSON.stringify(judge({ speaker: { login, kind, id: 1 }, permission: 'none' }))).not.toContain(login);
  });
});
