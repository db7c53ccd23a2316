import { describe, expect, it } from 'vitest';

import { guessCommands, type TellingTexts } from '../../../src/core/setup/guess-commands.ts';
import { listCiNames } from '../../../src/core/setup/workflow-names.ts';

const MANIFEST = JSON.stringify({ scripts: { test: 'node --test' } });

describe('the commands of a repository', () => {
  it.each<[string, TellingTexts, string | undefined, string | undefined]>([
    ['npm', { 'package.json': MANIFEST, 'package-lock.json': '' }, 'npm ci', 'npm test'],
    ['npm without a lock', { 'package.json': MANIFEST }, 'npm install', 'npm test'],
    ['pnpm', { 'package.json': MANIFEST, 'pnpm-lock.yaml': '' }, 'pnpm install --frozen-lockfile', 'pnpm test'],
    ['yarn', { 'package.json': MANIFEST, 'yarn.lock': '' }, 'yarn install --immutable', 'yarn test'],
    [
      'a manifest that npm made, and a Makefile',
      {
        'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\""}}',
        Makefile: 'all:\n\ncheck: all\n',
      },
      'npm install',
      'make check',
    ],
    ['a broken manifest', { 'package.json': '{', 'go.mod': '' }, 'npm install', 'go test ./...'],
    ['make', { Makefile: 'test := 1\ntest:\n\ttrue\n' }, undefined, 'make test'],
    ['a variable is no target', { Makefile: 'test := 1\n' }, undefined, undefined],
    ['cargo', { 'Cargo.toml': '' }, 'cargo fetch', 'cargo test'],
    ['uv', { 'pyproject.toml': '[tool.pytest]', 'uv.lock': '' }, 'uv sync --locked', 'uv run pytest'],
    [
      'pip',
      { 'pyproject.toml': 'pytest', 'requirements.txt': '' },
      'pip install -r requirements.txt',
      'python -m pytest',
    ],
    ['maven', { 'pom.xml': '' }, undefined, 'mvn --batch-mode test'],
    ['nothing', {}, undefined, undefined],
  ])('are read out of %s', (_name, texts, setup, test) => {
    const guessed = guessCommands(texts);
    expect(guessed.setup?.command).toBe(setup);
    expect(guessed.test?.command).toBe(test);
  });
});

describe('the workflows of a repository', () => {
  it('are those that run for changes, by their name, else by their path', () => {
    const names = listCiNames([
      { file: 'z.yml', text: 'name: Zed\non: push\njobs: {}' },
      { file: 'a.yaml', text: 'on: [pull_request]\njobs: {}' },
      { file: 'b.yml', text: 'name: Zed\non:\n  merge_group:\njobs: {}' },
      { file: 'cron.yml', text: 'name: Cron\non:\n  schedule: [{ cron: "0 0 * * *" }]' },
      { file: 'espalier.yml', text: 'name: espalier\non: push' },
      { file: 'broken.yml', text: 'name: [' },
      { file: 'list.yml', text: '[]' },
      { file: 'README.md', text: 'on: push' },
    ]);
    expect(names).toEqual(['.github/workflows/a.yaml', 'Zed']);
  });
});
