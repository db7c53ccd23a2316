import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { renderSections, replaceSections } from '../.github/scripts/readme-sections.ts';
import { CONFIG_ROWS, PLAN_ROWS, SETTING_ROWS, TASK_ROWS } from '../.github/scripts/setting-tables.ts';
import { COMMANDS } from '../src/core/commands/command.ts';
import { readConfig } from '../src/core/config/config.ts';
import { readPlan } from '../src/core/plan/read-plan.ts';
import { SETTING_KEYS } from '../src/core/plan/read-settings.ts';
import { resolvePlan } from '../src/core/plan/resolve-plan.ts';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
const pages = tracked.filter((path) => path.endsWith('.md') && !path.includes('/fixtures/'));

/** Lines of the fenced shell blocks of a page, without their comments. */
function shellLines(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

describe('the README', () => {
  it.each(Object.entries(renderSections()))('has the section %s as its source says it', (name, section) => {
    const found = new RegExp(`<!-- generated:${name} -->\n([\\s\\S]*?)<!-- /generated:${name} -->`).exec(readme)?.[1];
    expect(found?.trim()).toBe(section.trim());
  });

  it('begins with a command for the demo and a command for the tests', () => {
    expect(shellLines(readme).slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  });

  it('names only commands of espalier that exist', () => {
    const commands = new Set(
      [...(renderSections()['commands'] ?? '').matchAll(/^\| `espalier ([a-z]+)/gm)].map(([, name]) => name),
    );
    const named = [
      ...readme.matchAll(/`espalier ([a-z]+)/g),
      ...shellLines(readme)
        .join('\n')
        .matchAll(/^espalier ([a-z]+)/gm),
    ];
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(([, name]) => name).filter((name) => !commands.has(name))).toEqual([]);
  });
});

describe('the plan in the README', () => {
  const plans = [...readme.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

  it('can be run as it stands', () => {
    expect(plans).toHaveLength(1);
    const { plan, problems } = readPlan(plans[0] ?? '', { fileName: 'PLAN.yml' });
    expect(problems).toEqual([]);
    expect(resolvePlan(plan!, {}, {}).problems).toEqual([]);
  });
});

interface Nested {
  [key: string]: string | Nested;
}

describe('the tables of keys', () => {
  /** Keys of a level that the reader does not know, out of `keys` and one that surely is none. */
  function unknownKeys(problems: readonly { code: string; message: string }[]): string {
    return problems
      .filter(({ code }) => code === 'unknown-key')
      .map(({ message }) => message)
      .join('\n');
  }

  it('have every setting', () => {
    expect(Object.keys(SETTING_ROWS).toSorted()).toEqual([...SETTING_KEYS].toSorted());
  });

  it.each([
    ['a plan', Object.keys(PLAN_ROWS), (keys: string) => keys, ''],
    ['a task', [...Object.keys(TASK_ROWS), ...SETTING_KEYS], (keys: string) => `tasks:\n  a:\n${keys}`, '    '],
  ])('name keys that the reader of %s knows', (_level, keys, place, indent) => {
    const text = place([...keys, 'nonsense'].map((key) => `${indent}${key}: x`).join('\n'));
    const unknown = unknownKeys(readPlan(text, { form: 'yaml' }).problems);
    expect(unknown).toContain('nonsense');
    for (const key of keys) expect(unknown).not.toContain(`'${key}'`);
  });

  it('name keys that the reader of the configuration knows', () => {
    const root: Nested = { nonsense: 'x' };
    for (const key of Object.keys(CONFIG_ROWS)) {
      const parts = key.split('.');
      const last = parts.pop() ?? '';
      let map = root;
      for (const part of parts) map = (map[part] ??= {}) as Nested;
      map[last] = 'x';
    }
    // JSON is YAML.
    const unknown = unknownKeys(readConfig(JSON.stringify(root)).problems);
    expect(unknown).toContain('nonsense');
    expect(unknown.split('\n')).toHaveLength(1);
  });
});

describe('a generated section', () => {
  it('replaces what stands between its markers, and nothing else', () => {
    const page = 'a\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nb\n';
    expect(replaceSections(page, { x: 'new' })).toBe('a\n<!-- generated:x -->\n\nnew\n\n<!-- /generated:x -->\nb\n');
  });

  it.each([
    ['without a place', 'a\n', { x: 'new' }, "lacks the markers 'generated:x'"],
    [
      'without a source',
      '<!-- generated:y -->\n<!-- /generated:y -->\n',
      {},
      "marker 'generated:y', which nothing renders",
    ],
  ])('is an error %s', (_case, page, sections, message) => {
    expect(() => replaceSections(page, sections)).toThrow(message);
  });
});

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  it('names only commands of comments that exist', () => {
    const commands = new Set<string>(COMMANDS.map(({ name }) => name));
    const named = [...text.matchAll(/`\/espalier ([a-z]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !commands.has(name) && name !== 'parallel')).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = [...text.matchAll(/\bnpm (?:run ([a-z:-]+)|(test|start)\b)/g)].map(
      ([, run, short]) => run ?? short ?? '',
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('links only to files that exist', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  it('has nothing left to do, and no path of somebody’s machine', () => {
    expect(text).not.toMatch(/\bTODO\b|\bFIXME\b|\bTBD\b|\bXXX\b/);
    expect(text).not.toMatch(/(?:^|[\s`'"(])\/(?:work|tmp|home\/[a-z]+|Users|root)\//m);
  });
});
