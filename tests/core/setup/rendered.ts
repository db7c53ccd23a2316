/** Set-ups as `init` could write them, for the tests of this folder. */
import { renderSetup } from '../../../src/core/setup/render-setup.ts';
import type { SetupOptions } from '../../../src/core/setup/setup-options.ts';

/** A set-up of a fresh repository. */
export const PLAIN_SETUP: SetupOptions = {
  version: '0.1.0',
  variant: 'serverless',
  action: {
    kind: 'published',
    repository: 'espalier/espalier',
    sha: '0123456789abcdef'.repeat(3).slice(0, 40),
    version: 'v0.1.0',
  },
  agent: 'claude',
  keyName: null,
  ciNames: ['CI'],
  defaultBranch: 'main',
  commands: { setup: null, test: null },
};

/** Set-ups that differ in everything that changes a workflow. */
export const ALL_SETUPS: readonly (readonly [string, SetupOptions])[] = (['app', 'serverless'] as const).flatMap(
  (variant) =>
    (['claude', 'command'] as const).flatMap((agent) =>
      (['published', 'own'] as const).map((kind) => {
        const action = kind === 'own' ? ({ kind } as const) : PLAIN_SETUP.action;
        return [`${variant}, ${agent}, ${kind}`, { ...PLAIN_SETUP, variant, agent, action }] as const;
      }),
    ),
);

/** The workflows of a set-up by path. */
export function workflowsOf(options: SetupOptions): Map<string, string> {
  const files = renderSetup(options).filter(
    ({ path, kind }) => kind === 'kept' && path.startsWith('.github/workflows/'),
  );
  return new Map(files.map(({ path, text }) => [path, text]));
}
