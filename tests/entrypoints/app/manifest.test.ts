import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { readEventRows, readPermissionRows } from '../../../.github/scripts/permission-rows.ts';
import { HINT_EVENTS } from '../../../src/core/intake/read-hint.ts';
import { renderManifest } from '../../../src/entrypoints/app/manifest.ts';

const MANIFEST = readFileSync(path.resolve(import.meta.dirname, '../../../app.yml'), 'utf8');
const ADDRESSES = { hookUrl: 'https://bot.example.com/hooks', redirectUrl: 'https://bot.example.com/setup/callback' };

function render(yaml: string): Record<string, unknown> {
  return JSON.parse(renderManifest(yaml, ADDRESSES)) as Record<string, unknown>;
}

describe('the manifest in app.yml', () => {
  it('asks for these permissions and no others', () => {
    expect(render(MANIFEST)['default_permissions']).toEqual({
      metadata: 'read',
      issues: 'write',
      pull_requests: 'write',
      contents: 'write',
      actions: 'write',
      checks: 'write',
      statuses: 'read',
      merge_queues: 'write',
    });
  });

  it('subscribes to the events that are read, and to no others', () => {
    expect(readEventRows(MANIFEST).map(({ event }) => event)).toEqual([...HINT_EVENTS]);
  });

  it('gives a reason for each permission and event, and for the permission that it only offers', () => {
    const rows = readPermissionRows(MANIFEST);
    expect(rows.filter(({ isOptional }) => !isOptional)).toHaveLength(8);
    expect(rows.at(-1)).toMatchObject({ permission: 'workflows', level: 'write', isOptional: true });
    for (const { reason } of [...rows, ...readEventRows(MANIFEST)]) expect(reason.length).toBeGreaterThan(8);
  });

  it('has the path of webhooks that the server listens on', () => {
    expect(MANIFEST).toContain('url: https://espalier.example.com/api/github/webhooks\n');
  });
});

describe('a manifest', () => {
  it('is posted with the addresses of the server, and otherwise as it stands', () => {
    expect(
      render(
        'name: a\nurl: https://a.example.com\nhook_attributes: {url: x, active: false}\ndefault_permissions: {}\ndefault_events: []\npublic: true',
      ),
    ).toEqual({
      name: 'a',
      url: 'https://a.example.com',
      public: true,
      hook_attributes: { url: 'https://bot.example.com/hooks', active: true },
      redirect_url: 'https://bot.example.com/setup/callback',
      default_permissions: {},
      default_events: [],
    });
  });

  it('that is none is refused with what is wrong', () => {
    expect(() => render('name: a')).toThrow(/app\.yml is no manifest of a GitHub App: .*url/s);
    expect(() => render('')).toThrow('app.yml is no manifest');
  });
});

describe('a permission', () => {
  const withLine = (line: string): string => `default_permissions:\n  ${line}\ndefault_events:\n  - push # why\n`;

  it.each([
    ['without a reason', withLine('issues: write'), "'issues' has no reason"],
    ['of a level that there is not', withLine('issues: admin # why'), "'issues' is neither read nor write"],
    ['that is none', 'default_events: []', 'no map default_permissions'],
  ])('%s is an error', (_case, yaml, message) => {
    expect(() => readPermissionRows(yaml)).toThrow(message);
  });

  it('has a reason that may hold colons and signs', () => {
    expect(readPermissionRows(withLine('issues: write # so: #1 & "2"'))).toEqual([
      { permission: 'issues', level: 'write', reason: 'so: #1 & "2"', isOptional: false },
    ]);
  });

  it('and an event need theirs alike', () => {
    expect(() => readEventRows('default_events:\n  - push\n')).toThrow("'push' has no reason");
    expect(() => readEventRows('name: x')).toThrow('no list default_events');
  });
});
