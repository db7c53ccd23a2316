/** The repository that the demo works on: a small library for notes, with its own tests and no dependencies. */

/** Files of the first commit, by path. */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify(
    {
      name: 'margin-notes',
      version: '0.1.0',
      private: true,
      type: 'module',
      exports: './src/index.mjs',
      scripts: { test: 'node --test' },
    },
    null,
    2,
  )}\n`,
  'README.md': `# margin-notes

Notes in the margin: a small library that keeps short texts.

\`\`\`js
import { createStore } from 'margin-notes';
\`\`\`
`,
  'CHANGELOG.md': `# Changes

## Unreleased

## 0.1.0

- The store.
`,
  'docs/guide.md': `# Guide

To be written.
`,
  'src/index.mjs': `export { createStore } from './store.mjs';
`,
  'src/store.mjs': `/** Keeps values by id, in memory. Ids are handed out in order, beginning at 1. */
export function createStore() {
  const values = new Map();
  let nextId = 1;
  return {
    /** Adds a value and returns its id. */
    add(value) {
      const id = nextId;
      nextId += 1;
      values.set(id, structuredClone(value));
      return id;
    },
    /** The value with this id, or \`undefined\`. */
    get(id) {
      return structuredClone(values.get(id));
    },
    /** All ids and values in the order in which they were added. */
    list() {
      return [...values].map(([id, value]) => ({ id, value: structuredClone(value) }));
    },
  };
}
`,
  'tests/store.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStore } from '../src/index.mjs';

test('a store hands back what was added', () => {
  const store = createStore();
  const id = store.add({ text: 'hello' });
  assert.deepEqual(store.get(id), { text: 'hello' });
  assert.equal(store.get(99), undefined);
});

test('a store keeps the order and no reference to the outside', () => {
  const store = createStore();
  const value = { text: 'a' };
  store.add(value);
  value.text = 'changed';
  store.add({ text: 'b' });
  assert.deepEqual(
    store.list().map((entry) => entry.value.text),
    ['a', 'b'],
  );
});
`,
};
