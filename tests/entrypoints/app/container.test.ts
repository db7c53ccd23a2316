import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { listSettings, readSettings } from '../../../src/entrypoints/app/settings.ts';
import { CREDENTIALS } from './running-app.ts';

const folder = path.resolve(import.meta.dirname, '../../../.github/container');
const dockerfile = readFileSync(path.join(folder, 'Dockerfile'), 'utf8');
const compose = parse(readFileSync(path.join(folder, 'compose.yml'), 'utf8')) as {
  services: {
    app: {
      environment: Record<string, string>;
      build: { context: string; dockerfile: string };
      ports: string[];
      stop_grace_period: string;
    } & Record<string, unknown>;
  };
};
const { app } = compose.services;
const names = new Set(listSettings().map(({ name }) => name));

describe('the container', () => {
  it('runs without root, without a shell, on a root that cannot be written to, with nothing else to hold', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^CMD \["node", "dist\/app\.mjs"\]$/m);
    expect(app).toMatchObject({
      user: 'node',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['data:/data'],
    });
    expect(app).not.toHaveProperty('privileged');
    expect(app.ports).toEqual(['127.0.0.1:3000:3000']);
  });

  it('copies only what the program needs, all of which the repository has or builds', () => {
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
    expect(copied).toEqual(['LICENSE', 'package.json', 'app.yml', 'dist/app.mjs', 'dist/licenses.txt']);
    expect(path.resolve(folder, app.build.context)).toBe(path.resolve(folder, '../..'));
    expect(path.resolve(folder, app.build.context, app.build.dockerfile)).toBe(path.join(folder, 'Dockerfile'));
  });

  it('sets only settings that there are', () => {
    const [, block = ''] = /^ENV ([\s\S]*?)\n\n/m.exec(dockerfile) ?? [];
    const set = Object.fromEntries(
      block.split(/[\s\\]+/).flatMap((text) => (text.includes('=') ? [text.split('=') as [string, string]] : [])),
    );
    expect([...Object.keys(app.environment), ...Object.keys(set)].filter((name) => !names.has(name))).toEqual([
      'NODE_ENV',
    ]);
    expect(readSettings({ ...CREDENTIALS, ...set }, () => '')).toMatchObject({
      kind: 'ready',
      settings: { host: '0.0.0.0', port: 3000, envFile: '/data/.env', hasMetrics: false },
    });
  });

  it('is given more time to end than the program takes', () => {
    const reading = readSettings(CREDENTIALS, () => '');
    expect(reading.kind === 'ready' && reading.settings.drainMs / 1000 + 10).toBeLessThan(
      Number.parseInt(app.stop_grace_period, 10),
    );
  });
});
