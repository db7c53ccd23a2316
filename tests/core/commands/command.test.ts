import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type Command,
  type CommandPlace,
  COMMANDS,
  formatCommand,
  listCommandRows,
} from '../../../src/core/commands/command.ts';
import { MAX_REASON_LENGTH } from '../../../src/core/commands/read-command-line.ts';
import { readCommands } from '../../../src/core/commands/read-commands.ts';
import { readTaskId } from '../../../src/core/ids.ts';
import { hasHiddenCharacters } from '../../../src/core/text/hidden-characters.ts';

const PLACES: readonly CommandPlace[] = ['plan', 'pull'];

const aTaskId = fc
  .stringMatching(/^[a-z0-9][a-z0-9-]{0,20}[a-z0-9]$/)
  .map(readTaskId)
  .filter((checked) => checked.ok)
  .map((checked) => checked.value);

const aReason = fc
  .array(
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((word) => !hasHiddenCharacters(word) && !/\s/.test(word)),
    { maxLength: 8 },
  )
  .map((words) => words.join(' '))
  .filter((reason) => reason.length <= MAX_REASON_LENGTH);

/** Every command that the table allows, with where it may stand. */
const aPlacedCommand: fc.Arbitrary<{ command: Command; place: CommandPlace }> = fc
  .record({
    spec: fc.constantFrom(...COMMANDS),
    place: fc.constantFrom(...PLACES),
    task: aTaskId,
    isTaskSaid: fc.boolean(),
    tasks: fc.uniqueArray(aTaskId, { maxLength: 12 }),
    reason: aReason,
  })
  .filter(({ spec, place }) => spec.where === 'both' || spec.where === place)
  .map(({ spec, place, task, isTaskSaid, tasks, reason }) => {
    const mayLack = spec.arguments === 'optional-task' || place === 'pull';
    const commandOf = (): Command => {
      switch (spec.arguments) {
        case 'none':
          return { kind: spec.name };
        case 'task':
        case 'optional-task':
          return { kind: spec.name, task: isTaskSaid || !mayLack ? task : null };
        case 'tasks':
          return { kind: spec.name, tasks };
        case 'reason':
          return { kind: spec.name, reason };
      }
    };
    return { command: commandOf(), place };
  });

describe('every command', () => {
  it('reads back from its printed form, alone and among other lines', () => {
    fc.assert(
      fc.property(aPlacedCommand, ({ command, place }) => {
        const printed = formatCommand(command);
        expect(readCommands(printed, place)).toMatchObject([{ line: 1, ok: true, command }]);
        expect(readCommands(`Thanks!\r\n${printed}  \r\n\r\nbye`, place)).toMatchObject([
          { line: 2, ok: true, command },
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('has a name and aliases of its own', () => {
    const names = COMMANDS.flatMap(({ name, aliases }) => [`/espalier ${name}`, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(
    COMMANDS.flatMap((spec) => spec.examples.map((example) => ({ name: spec.name, example, where: spec.where }))),
  )('has examples that are right: $example', ({ name, example, where }) => {
    const places = PLACES.filter((place) => where === 'both' || where === place);
    expect(places).not.toEqual([]);
    for (const place of places)
      expect(readCommands(example, place)).toMatchObject([{ ok: true, command: { kind: name } }]);
  });
});

describe('the rows of the table of commands', () => {
  it('are all commands, as they are written on the issue of a plan', () => {
    expect(listCommandRows().map(({ usage, where }) => `${usage} (${where})`)).toMatchInlineSnapshot(`
      [
        "/espalier help (both)",
        "/espalier check (plan issue)",
        "/espalier run [task...] (plan issue)",
        "/espalier status (both)",
        "/espalier why <task> (both)",
        "/espalier retry <task> (both)",
        "/espalier cancel [task] (both)",
        "/espalier pause (both)",
        "/espalier resume (both)",
        "/espalier review <task> (both)",
        "/espalier approve (plan issue)",
        "/espalier merge <task> (both)",
        "/espalier freeze [reason...] (both)",
        "/espalier thaw (both)",
        "/espalier cleanup (plan issue)",
      ]
    `);
  });

  it('have a sentence each', () => {
    for (const { summary } of listCommandRows()) expect(summary).toMatch(/^[A-Z][^\n|]{5,120}\.$/);
  });
});
