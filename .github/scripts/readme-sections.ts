/**
 * The parts of the README that have a source of truth in the code, and how they get between their markers:
 * `<!-- generated:NAME -->` … `<!-- /generated:NAME -->`.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';

import type { Command, Option } from 'commander';

import { listCommandRows } from '../../src/core/commands/command.ts';
import { LABELS } from '../../src/core/commands/labels.ts';
import { BUILT_IN_PROTECTED } from '../../src/core/config/protected-paths.ts';
import { EXIT_CODE_TABLE } from '../../src/core/report/exit-codes.ts';
import { PROFILES, RESOURCE_SIZES } from '../../src/core/plan/plan.ts';
import { PROFILE_RULES } from '../../src/core/sandbox/profile.ts';
import { PROPERTIES } from '../../src/core/sandbox/property.ts';
import { RESOURCE_LIMITS } from '../../src/core/sandbox/resources.ts';
import { listSettings } from '../../src/entrypoints/app/settings.ts';
import { buildProgram } from '../../src/entrypoints/cli/program.ts';
import { openSession } from '../../src/entrypoints/cli/session.ts';
import { readJobRows } from './job-rows.ts';
import { code, prose, renderTable } from './markdown.ts';
import { renderOwnSetup } from './own-setup.ts';
import { readEventRows, readPermissionRows } from './permission-rows.ts';
import { CONFIG_ROWS, PLAN_ROWS, renderKeys, SETTING_ROWS, TASK_ROWS } from './setting-tables.ts';

/** More would make a row of the table unreadable. */
const MAX_LISTED_CHOICES = 8;

/** Every generated section by name, as Markdown without its markers. */
export function renderSections(): Record<string, string> {
  const program = openProgram();
  return {
    commands: renderCommands(program),
    options: renderOptions(program),
    'exit-codes': renderExitCodes(),
    'plan-keys': renderKeys(PLAN_ROWS),
    'task-keys': renderKeys(TASK_ROWS),
    settings: renderKeys(SETTING_ROWS),
    configuration: renderKeys(CONFIG_ROWS),
    protected: BUILT_IN_PROTECTED.map(code).join(', '),
    profiles: renderProfiles(),
    resources: renderResources(),
    ...renderAppSections(readFileSync(MANIFEST_PATH, 'utf8')),
    'workflow-jobs': renderWorkflowJobs(),
  };
}

const ROOT = resolve(import.meta.dirname, '../..');
const MANIFEST_PATH = resolve(ROOT, 'app.yml');

/** What the jobs of the workflows may do, as `espalier init` writes them. */
function renderWorkflowJobs(): string {
  const workflows = renderOwnSetup(ROOT).filter(({ path }) => path.startsWith('.github/workflows/'));
  const rows = workflows
    .flatMap(({ path, text }) => readJobRows(path.replace('.github/workflows/', ''), text))
    .map(({ file, job, purpose, permissions, secrets }) => [
      `${code(job)} in ${code(file)}`,
      prose(purpose),
      permissions.map(({ name, level, reason }) => `${code(`${name}: ${level}`)} ${prose(reason)}`).join('<br>'),
      secrets.length === 0 ? 'none' : secrets.map(code).join(', '),
    ]);
  return renderTable(['Job', 'What it does', 'Its token may', 'Its secrets'], rows);
}

/** What concerns the GitHub App. */
function renderAppSections(manifest: string): Record<string, string> {
  return {
    'issue-commands': renderIssueCommands(),
    labels: renderTable(
      ['Label', 'On', 'Set by', 'Meaning'],
      LABELS.map(({ name, on, role, description }) => [
        code(name),
        { plan: 'the plan issue', pull: 'pull requests', both: 'both' }[on],
        role === 'request' ? 'people' : 'Espalier',
        prose(description),
      ]),
    ),
    permissions: renderTable(
      ['Permission', 'Level', 'What for'],
      readPermissionRows(manifest).map(({ permission, level, reason, isOptional }) => [
        code(permission),
        isOptional ? `${level}, if you add it` : level,
        prose(reason),
      ]),
    ),
    events: renderTable(
      ['Event', 'What it tells'],
      readEventRows(manifest).map(({ event, reason }) => [code(event), prose(reason)]),
    ),
    'app-settings': renderTable(
      ['Variable', 'Meaning', 'If it is not set'],
      listSettings().map(({ name, meaning, otherwise }) => [code(name), meaning, otherwise]),
    ),
  };
}

function renderIssueCommands(): string {
  const rows = listCommandRows().map(({ usage, where, summary, aliases }) => {
    const also = aliases.length === 0 ? '' : ` Also ${aliases.map(code).join(', ')}.`;
    return [code(usage), where === 'both' ? 'issue and pull requests' : where, prose(summary) + also];
  });
  return renderTable(['Command', 'Where', 'What it does'], rows);
}

/**
 * Puts each section between its markers. Throws when a section has no place in the page `name`, or a marker no section,
 * so that neither can be forgotten.
 */
export function replaceSections(page: string, sections: Record<string, string>, name = 'README.md'): string {
  const placed = new Set<string>();
  const result = page.replaceAll(
    /(<!-- generated:([a-z-]+) -->\n)[\s\S]*?(<!-- \/generated:\2 -->)/g,
    (_whole, open: string, marker: string, close: string) => {
      const section = sections[marker];
      if (section === undefined) throw new Error(`${name} has a marker 'generated:${marker}', which nothing renders.`);
      placed.add(marker);
      return `${open}\n${section.trim()}\n\n${close}`;
    },
  );
  const homeless = Object.keys(sections).filter((marker) => !placed.has(marker));
  if (homeless.length > 0) throw new Error(`${name} lacks the markers 'generated:${homeless.join("', 'generated:")}'.`);
  return result;
}

/** The program with nothing behind it: it is only asked what it is made of. */
function openProgram(): Command {
  const stream = { write: () => true, isTTY: false, columns: 100 };
  return buildProgram(
    openSession({
      argv: [],
      env: {},
      cwd: '/',
      stdin: Readable.from([]),
      stdout: stream,
      stderr: stream,
      selfCommand: ['espalier'],
      onInterrupt: () => () => {},
      exitNow: () => {},
    }),
  );
}

function renderCommands(program: Command): string {
  const rows = program.commands.map((command) => [code(usageOf(command)), prose(command.summary())]);
  return renderTable(['Command', 'What it does'], rows);
}

function renderOptions(program: Command): string {
  const all = ['**Every command** takes:', renderOptionTable([...program.options, ...helpOptions(program)])];
  const each = program.commands
    .filter((command) => command.options.length > 0)
    .flatMap((command) => [
      `**${code(usageOf(command))}**`,
      prose(command.description()),
      renderOptionTable(command.options),
    ]);
  return [...all, ...each].join('\n\n');
}

function helpOptions(program: Command): Option[] {
  return program
    .createHelp()
    .visibleOptions(program)
    .filter(({ long }) => long === '--help');
}

function usageOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return ['espalier', command.name(), ...words].join(' ');
}

function renderOptionTable(options: readonly Option[]): string {
  const rows = options
    .filter((option) => !option.hidden)
    .map((option) => [code(option.flags), prose(describeOption(option))]);
  return renderTable(['Option', 'Meaning'], rows);
}

function describeOption(option: Option): string {
  const facts: string[] = [];
  const choices = option.argChoices ?? [];
  if (choices.length > MAX_LISTED_CHOICES) facts.push(`one of the ${choices.length} that its help lists`);
  else if (choices.length > 0) facts.push(`one of ${choices.join(', ')}`);
  const value: unknown = option.defaultValue;
  if (option.defaultValueDescription !== undefined) facts.push(`default ${option.defaultValueDescription}`);
  else if (typeof value === 'string' || typeof value === 'number') facts.push(`default ${String(value)}`);
  return facts.length === 0 ? option.description : `${option.description} (${facts.join('; ')})`;
}

function renderExitCodes(): string {
  return renderTable(
    ['Code', 'Name', 'Meaning'],
    EXIT_CODE_TABLE.map(({ code: number, name, meaning }) => [String(number), code(name), meaning]),
  );
}

function renderProfiles(): string {
  const rows = PROPERTIES.map((property) => [
    code(property),
    ...PROFILES.map((profile) => (PROFILE_RULES[profile].required.includes(property) ? 'yes' : 'no')),
  ]);
  return renderTable(['Property', ...PROFILES.map(code)], rows);
}

function renderResources(): string {
  const rows = RESOURCE_SIZES.map((size) => {
    const { memoryBytes, cpus, pids, tmpBytes } = RESOURCE_LIMITS[size];
    return [code(size), gibibytes(memoryBytes), String(cpus), String(pids), gibibytes(tmpBytes)];
  });
  return renderTable(['Size', 'Memory', 'CPUs', 'Processes and threads', 'Private `/tmp`'], rows);
}

function gibibytes(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  return gib < 1 ? `${gib * 1024} MiB` : `${gib} GiB`;
}
