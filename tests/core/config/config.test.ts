import { describe, expect, it } from 'vitest';

import { emptyConfig, EspalierConfig, MAX_CONFIG_LENGTH, readConfig } from '../../../src/core/config/config.ts';
import { BUILT_IN_RUNNERS } from '../../../src/core/config/defaults.ts';
import { BUILT_IN_PROTECTED } from '../../../src/core/config/protected-paths.ts';
import { readBytes } from '../../../src/core/config/read-bytes.ts';
import { compileGlob, matchesGlob } from '../../../src/core/plan/glob.ts';

it('reads every field', () => {
  const { config, problems } = readConfig(`defaults:
  agent: codex
  test: npm test
  review: {reviewer: claude, threshold: 9}
max_parallel: 6
protected: [infra/**, secrets.yml]
limits: {max_file_bytes: 1 MB, max_changed_files: 50, max_change_bytes: 2 MiB}
sandbox: {engine: docker, image: 'node:24', waive: [memory-limit]}
ports: 21000-22000
github:
  checks: ['ci/*', {name: build, app: 15368}]
  landing: squash
  bots: [41898282]
  stuck_after: 2h
  runners: [my-runner, [self-hosted, gpu-*]]
  cleanup: {archives_after: 7d, ledgers_after: 90 days}
setup: [[npm, ci]]
copy: .env
`);
  expect(problems).toEqual([]);
  expect(config).toEqual({
    defaults: {
      agent: { kind: 'preset', name: 'codex', model: null },
      test: [['npm', 'test']],
      review: { reviewer: { kind: 'preset', name: 'claude', model: null }, threshold: 9 },
      setup: [['npm', 'ci']],
      copy: ['.env'],
    },
    maxParallel: 6,
    protectedPaths: [...BUILT_IN_PROTECTED, 'infra/**', 'secrets.yml'],
    limits: { maxFileBytes: 1_000_000, maxChangedFiles: 50, maxChangeBytes: 2_097_152 },
    sandbox: { engine: 'docker', image: 'node:24', rootfs: null, waive: ['memory-limit'] },
    ports: { first: 21_000, last: 22_000 },
    github: {
      checks: [
        { name: 'ci/*', appId: null },
        { name: 'build', appId: 15_368 },
      ],
      landing: 'squash',
      allowedBotIds: [41_898_282],
      stuckAfterMs: 7_200_000,
      runners: [...BUILT_IN_RUNNERS, ['my-runner'], ['self-hosted', 'gpu-*']],
      cleanup: { archivesAfterMs: 7 * 86_400_000, ledgersAfterMs: 90 * 86_400_000 },
    },
  });
  expect(EspalierConfig.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

it.each(['', '\n\n', '# only a remark\n  # and another\n', '{}'])('takes %j as no configuration', (text) => {
  expect(readConfig(text)).toEqual({ config: emptyConfig(), problems: [] });
});

it('reports everything at once, with places and nearest names', () => {
  const { config, problems } = readConfig(
    'max_paralel: 3\nlimits:\n  max_file_byts: 3\nsandbox: {engine: dokcer}\nports: 80-90\nprotected: [/etc]\n',
  );
  expect(config).toBeNull();
  expect(problems.map(({ code, line, nearest }) => [code, line, nearest])).toEqual([
    ['unknown-key', 1, 'max_parallel'],
    ['unknown-key', 3, 'max_file_bytes'],
    ['bad-value', 4, 'docker'],
    ['bad-value', 5, null],
    ['bad-glob', 6, 'etc'],
  ]);
});

describe('refusals', () => {
  it.each([
    ['max_parallel: 0', 'bad-value'],
    ['max_parallel: many', 'bad-value'],
    ['limits: {max_file_bytes: 0}', 'bad-value'],
    ['sandbox: {image: --privileged}', 'bad-value'],
    ['sandbox: {rootfs: ../x}', 'bad-value'],
    ['github: {landing: force}', 'bad-value'],
    ['github: {checks: [{app: 15368}]}', 'bad-value'],
    ['github: {checks: [{name: build, aap: 15368}]}', 'unknown-key'],
    ['github: {bots: [dependabot]}', 'bad-value'],
    ['github: {stuck_after: soon}', 'bad-value'],
    ['github: {cleanup: {archives_after: 12h}}', 'bad-value'],
    ['github: {cleanup: {archives_after: 0d}}', 'bad-value'],
    ['github: {cleanup: {ledgers_after: 3651d}}', 'bad-value'],
    ['github: {cleanup: {ledger_after: 30d}}', 'unknown-key'],
    ['github: {cleanup: 30d}', 'bad-value'],
    ['sandbox: {waive: [everything]}', 'bad-value'],
    ['defaults: {tset: npm test}', 'unknown-key'],
    ['defaults: {runs_on: x y}', 'bad-value'],
    ['defaults: {stack: true}', 'not-supported-yet'],
    ['github: {runners: ["${{ x }}"]}', 'bad-value'],
    ['github: {runners: {group: big}}', 'bad-value'],
    ['defaults: {setup: npm ci}\nsetup: npm ci', 'duplicate-key'],
    ['- a', 'bad-value'],
    ['defaults: [', 'yaml-syntax'],
    ['x'.repeat(MAX_CONFIG_LENGTH + 1), 'too-large'],
    ['__proto__: {polluted: 1}', 'unknown-key'],
  ])('%j', (text, code) => {
    const { config, problems } = readConfig(text);
    expect(config).toBeNull();
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  it('warn of no sandbox at all', () => {
    expect(readConfig('sandbox: {engine: none}').problems).toMatchObject([{ severity: 'warning', code: 'no-sandbox' }]);
  });
});

describe('what is protected in every repository', () => {
  const globs = BUILT_IN_PROTECTED.map((text) => compileGlob(text));

  it.each([
    '.github/workflows/ci.yml',
    '.github/workflows/deep/ci.yml',
    '.github/actions/build/action.yml',
    '.github/espalier.yml',
    'CODEOWNERS',
    '.github/CODEOWNERS',
    'docs/CODEOWNERS',
    'CLAUDE.md',
    'packages/a/CLAUDE.md',
    'AGENTS.md',
    'GEMINI.md',
    '.claude/settings.json',
    '.cursor/rules/a.mdc',
    '.mcp.json',
    '.github/copilot-instructions.md',
  ])('has %s', (path) => {
    expect(globs.some((glob) => glob.ok && matchesGlob(glob.value, path))).toBe(true);
  });

  it.each(['src/workflows/ci.yml', 'README.md', '.github/ISSUE_TEMPLATE/bug.md', 'docs/AGENTS.txt'])(
    'does not have %s',
    (path) => {
      expect(globs.every((glob) => glob.ok && !matchesGlob(glob.value, path))).toBe(true);
    },
  );
});

it.each([
  ['1', 1],
  ['5 MB', 5_000_000],
  ['64KiB', 65_536],
])('reads %s as bytes', (text, bytes) => {
  expect(readBytes(text)).toEqual({ ok: true, value: bytes });
});

it.each(['', '0', '-1', '1.5 MB', '5 megabytes', '999999999999 GB'])('refuses %j as bytes', (text) => {
  expect(readBytes(text).ok).toBe(false);
});
