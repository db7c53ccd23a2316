import { describe, expect, it } from 'vitest';

import type { CommandPlace } from '../../../src/core/commands/command.ts';
import { type CommandReading, mayHoldCommands, readCommands } from '../../../src/core/commands/read-commands.ts';

function readOne(line: string, place: CommandPlace): CommandReading {
  const [reading, ...others] = readCommands(line, place);
  expect(others).toEqual([]);
  if (reading === undefined) throw new Error(`No command was read in '${line}'.`);
  return reading;
}

describe('a command on the issue of a plan', () => {
  it.each([
    ['/espalier help', { kind: 'help' }],
    ['/espalier check', { kind: 'check' }],
    ['/espalier run', { kind: 'run', tasks: [] }],
    ['/espalier run api', { kind: 'run', tasks: ['api'] }],
    ['/espalier run api ui api', { kind: 'run', tasks: ['api', 'ui'] }],
    ['/espalier status', { kind: 'status' }],
    ['/espalier why api', { kind: 'why', task: 'api' }],
    ['/espalier retry api', { kind: 'retry', task: 'api' }],
    ['/espalier cancel api', { kind: 'cancel', task: 'api' }],
    ['/espalier cancel', { kind: 'cancel', task: null }],
    ['/espalier pause', { kind: 'pause' }],
    ['/espalier resume', { kind: 'resume' }],
    ['/espalier review api', { kind: 'review', task: 'api' }],
    ['/review api', { kind: 'review', task: 'api' }],
    ['/espalier approve', { kind: 'approve' }],
    ['/espalier merge api', { kind: 'merge', task: 'api' }],
    ['/espalier freeze', { kind: 'freeze', reason: '' }],
    ['/espalier freeze  until   the release', { kind: 'freeze', reason: 'until the release' }],
    ['/espalier freeze \ud800', { kind: 'freeze', reason: '\ufffd' }],
    ['/espalier thaw', { kind: 'thaw' }],
    ['/espalier cleanup', { kind: 'cleanup' }],
    ['/parallel-execute api', { kind: 'run', tasks: ['api'] }],
    ['/parallel-execute api 1', { kind: 'run', tasks: ['api'] }],
    ['/espalier parallel-execute api', { kind: 'run', tasks: ['api'] }],
    ['/ESPALIER Run api', { kind: 'run', tasks: ['api'] }],
    ['   /espalier\trun\u00a0api   ', { kind: 'run', tasks: ['api'] }],
  ])('%j is read', (line, command) => {
    expect(readOne(line, 'plan')).toMatchObject({ ok: true, command, line: 1 });
  });

  it.each([
    ['/espalier', 'names no command', '/espalier help'],
    ['/espalier rum api', 'asks for a command that there is not', '/espalier run api'],
    ['/espalier paralel-execute api', 'asks for a command that there is not', '/espalier run api'],
    ['/espalier freze @everyone', 'asks for a command that there is not', '/espalier freeze [reason...]'],
    ['/espalier retyr', 'asks for a command that there is not', '/espalier retry <task>'],
    ['/espalier abracadabra', 'asks for a command that there is not', null],
    [
      '/espalier r\u0435try api',
      'asks for a command that there is not (it has letters that are none of a-z)',
      '/espalier retry api',
    ],
    [
      '/espalier why',
      "needs the id of a task here; on a task's pull request it may be left out",
      '/espalier why <task>',
    ],
    [
      '/espalier retry',
      "needs the id of a task here; on a task's pull request it may be left out",
      '/espalier retry <task>',
    ],
    ['/review', "needs the id of a task here; on a task's pull request it may be left out", '/espalier review <task>'],
    [
      '/espalier merge',
      "needs the id of a task here; on a task's pull request it may be left out",
      '/espalier merge <task>',
    ],
    ['/espalier retry api ui', "names more than one task, and 'retry' takes one", '/espalier retry api'],
    ['/espalier pause now', "says more after 'pause', which takes nothing", '/espalier pause'],
    [
      '/espalier retry Api',
      "has no task id after 'retry': a task id has only a-z, 0-9 and '-', and begins and ends with a letter or digit",
      '/espalier retry api',
    ],
    ['/espalier why landed', "has no task id after 'why': 'landed' is a reserved word", '/espalier why <task>'],
    [
      '/espalier cancel ***',
      "has no task id after 'cancel': a task id has only a-z, 0-9 and '-', and begins and ends with a letter or digit",
      '/espalier cancel [task]',
    ],
    [
      '/espalier run api, ui',
      "has a word after 'run' that is no task id: a task id has only a-z, 0-9 and '-', and begins and ends with a letter or digit",
      '/espalier run api ui',
    ],
    [
      '/espalier run api & ui',
      "has a word after 'run' that is no task id: a task id has only a-z, 0-9 and '-', and begins and ends with a letter or digit",
      '/espalier run [task...]',
    ],
    [`/espalier run ${'a '.repeat(101)}`, 'names 101 tasks; at most 100 are read, and none means all', '/espalier run'],
    [
      '/espalier attempts api 3',
      "asks for 'attempts', which is not available yet: each task has one attempt at a time",
      null,
    ],
    ['/espalier PICK api 2', "asks for 'pick', which is not available yet: each task has one attempt at a time", null],
    ['/parallel-execute', "needs the id of a task after 'parallel-execute'", '/espalier run <task>'],
    ['/parallel-execute api 3', 'asks for 3 attempts at one task, which is not available yet', '/espalier run api'],
    [
      '/parallel-execute api many',
      "says more than a task and a whole number after 'parallel-execute'",
      '/espalier run api',
    ],
    [
      `/espalier freeze ${'x'.repeat(201)}`,
      'gives a reason of 201 characters; at most 200 are read',
      '/espalier freeze [reason...]',
    ],
  ])('%j is refused', (line, because, nearest) => {
    expect(readOne(line, 'plan')).toMatchObject({ ok: false, because, nearest });
  });
});

describe("a command on a task's pull request", () => {
  it.each([
    ['/espalier why', { kind: 'why', task: null }],
    ['/espalier retry', { kind: 'retry', task: null }],
    ['/espalier cancel', { kind: 'cancel', task: null }],
    ['/espalier review', { kind: 'review', task: null }],
    ['/review', { kind: 'review', task: null }],
    ['/espalier merge', { kind: 'merge', task: null }],
    ['/espalier merge api', { kind: 'merge', task: 'api' }],
    ['/espalier pause', { kind: 'pause' }],
    ['/espalier freeze', { kind: 'freeze', reason: '' }],
  ])('%j is read, as one of that task where none is named', (line, command) => {
    expect(readOne(line, 'pull')).toMatchObject({ ok: true, command });
  });

  it.each([
    ['check', 'check'],
    ['run', 'run'],
    ['run api', 'run'],
    ['approve', 'approve'],
    ['cleanup', 'cleanup'],
    ['parallel-execute api', 'run'],
  ])('%s is sent to the issue of the plan', (words, name) => {
    expect(readOne(`/espalier ${words}`, 'pull')).toMatchObject({
      ok: false,
      because: `asks for '${name}', which is for the plan's issue; write it there`,
      nearest: null,
    });
  });

  it('that is misspelt is not taken for one of the issue alone', () => {
    expect(readOne('/espalier aprove', 'pull')).toMatchObject({ ok: false, nearest: null });
  });
});

describe('a comment', () => {
  it('gives its commands in order, with their lines', () => {
    const body = 'Two things:\r\n/espalier pause\r\n\r\nand then\r\n\r\n  /espalier why api\r\n';
    expect(readCommands(body, 'plan')).toEqual([
      { line: 2, text: '/espalier pause', ok: true, command: { kind: 'pause' } },
      { line: 6, text: '/espalier why api', ok: true, command: { kind: 'why', task: 'api' } },
    ]);
  });

  it('has at most ten of its commands read, and says of the next that it and those after it are not', () => {
    const eleven = '/espalier status\n'.repeat(11);
    expect(readCommands(eleven, 'plan')).toHaveLength(11);
    expect(readCommands(eleven, 'plan').at(-1)).toMatchObject({
      line: 11,
      ok: false,
      because: 'is not read: at most 10 commands of one comment are; write the rest in another',
    });
    expect(readCommands('/espalier status\n'.repeat(100), 'plan')).toHaveLength(11);
    expect(readCommands('/espalier status\n'.repeat(100), 'plan').at(-1)).toMatchObject({
      line: 11,
      ok: false,
      because: 'is not read, like the 89 after it: at most 10 commands of one comment are; write the rest in another',
    });
  });

  it('counts lines that cannot be obeyed too, but not those that nobody says', () => {
    const body = `${'> /espalier status\n\n'.repeat(20)}${'/espalier nonsense\n'.repeat(10)}/espalier pause`;
    expect(readCommands(body, 'plan').map(({ line, ok }) => [line, ok])).toEqual(
      Array.from({ length: 11 }, (_, index) => [41 + index, false]),
    );
  });

  it.each([
    '',
    'nothing',
    'see src/espalier/run',
    '/espaliers run',
    '/espalier-run',
    'x /espalier run',
    '//espalier run',
  ])('%j is known at a glance to hold none', (body) => {
    expect(mayHoldCommands(body)).toBe(false);
    expect(readCommands(body, 'plan')).toEqual([]);
  });
});
