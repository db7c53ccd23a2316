/**
 * Which way imports may go. One line: entrypoints -> adapters, engine -> ports -> core; adapters never import the
 * engine or each other; each SDK has one home. `import type` counts as an import.
 * Run by `npm run check:imports` and by tests/architecture.test.ts.
 */

/** Libraries without I/O, clock or randomness: all that the core may import. */
const PURE_LIBRARIES = [
  'zod',
  '@noble/hashes',
  'yaml',
  '(@types/)?mdast',
  'mdast-util-[^/]+',
  'micromark-[^/]+',
  'fastest-levenshtein',
];

const pureLibraries = `node_modules/(${PURE_LIBRARIES.join('|')})/`;

function only(name, from, allowed, comment) {
  return { name, severity: 'error', comment, from: { path: from }, to: { pathNot: allowed } };
}

function home(library, homes) {
  return {
    name: `home-of-${library.replace('node:', '')}`,
    severity: 'error',
    comment: `${library} is used in its own rooms only, so that it can be replaced or hardened in one place.`,
    from: { path: '^src/', pathNot: homes },
    to: { path: library.startsWith('node:') ? `^(node:)?${library.slice(5)}$` : `node_modules/${library}/` },
  };
}

export default {
  forbidden: [
    only(
      'core-is-pure',
      '^src/core/',
      ['^src/core/', pureLibraries],
      'The core has no I/O: it imports itself and pure libraries.',
    ),
    only('ports-know-the-core', '^src/ports/', '^src/(ports|core)/', 'Ports are interfaces in the words of the core.'),
    only(
      'engine-knows-ports',
      '^src/engine/',
      '^src/(engine|ports|core)/',
      'The engine reaches the world through ports.',
    ),
    {
      name: 'adapters-stand-alone',
      severity: 'error',
      comment:
        'An adapter imports ports, the core and its own folder; never the engine, an entrypoint or another adapter.',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/(ports|core)/', '^src/adapters/$1/'] },
    },
    {
      name: 'entrypoints-stand-alone',
      severity: 'error',
      comment: 'An entrypoint is its file and the folder of the same name; it never imports another entrypoint.',
      from: { path: '^src/entrypoints/([^/.]+)[/.]' },
      to: { path: '^src/entrypoints/', pathNot: '^src/entrypoints/$1[/.]' },
    },
    {
      name: 'src-ships',
      severity: 'error',
      comment: 'What ships does not import tests, scripts or what is built.',
      from: { path: '^src/' },
      to: { path: '^(tests|dist|[.]github)/' },
    },
    {
      name: 'src-needs-dependencies',
      severity: 'error',
      comment: 'What ships imports `dependencies`, not `devDependencies` (types are erased and may come from either).',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'type-import'] },
    },
    home('simple-git', '^src/adapters/git/'),
    home('execa', '^src/adapters/(git|sandbox)/'),
    home('node:child_process', '^src/adapters/(git|sandbox)/'),
    home('commander', '^src/entrypoints/cli[/.]'),
    home('probot', '^src/entrypoints/app[/.]'),
    home('@actions', '^src/(adapters/actions/|entrypoints/action[/.])'),
    home('@octokit', '^src/adapters/github/'),
    home('universal-github-app-jwt', '^src/adapters/github/'),
    home('prom-client', '^src/adapters/metrics/'),
    home('log-update', '^src/adapters/terminal/'),
    { name: 'no-cycle', severity: 'error', comment: 'Imports form no cycle.', from: {}, to: { circular: true } },
    {
      name: 'every-import-resolves',
      severity: 'error',
      comment: 'An import that cannot be resolved is misspelt, or its package is not in package.json.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
