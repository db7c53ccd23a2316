/** What the demo's scripted agents write, task by task and round by round. Data; `demo-agent.mjs` carries it out. */

/** One call of an agent. */
export interface DemoRound {
  /** Lines that the agent prints as it works, each after a short pause. */
  says: readonly string[];
  /** Whole files, by path. */
  writes?: Readonly<Record<string, string>>;
  /** Lines that are put in after the first line that reads `after`, unless they are there already. */
  inserts?: readonly { path: string; after: string; text: string }[];
}

const TOKENS_HEAD = `import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
`;

const TOKENS_SAFE = `${TOKENS_HEAD}
/** Makes a key for tokens. Keep it out of the repository. */
export function makeKey() {
  return randomBytes(32);
}

/** Signs a subject: \`subject.signature\`. */
export function makeToken(key, subject) {
  return \`\${subject}.\${sign(key, subject)}\`;
}

/** The subject of a token that this key signed, or \`null\`. Compares in constant time. */
export function readToken(key, token) {
  const at = token.lastIndexOf('.');
  const subject = token.slice(0, Math.max(0, at));
  const wanted = Buffer.from(sign(key, subject));
  const found = Buffer.from(token.slice(at + 1));
  return found.length === wanted.length && timingSafeEqual(found, wanted) ? subject : null;
}

function sign(key, subject) {
  return createHmac('sha256', key).update(subject).digest('hex');
}
`;

const TOKENS_NAIVE = TOKENS_SAFE.replace(', timingSafeEqual', '')
  .replace(
    `  const wanted = Buffer.from(sign(key, subject));
  const found = Buffer.from(token.slice(at + 1));
  return found.length === wanted.length && timingSafeEqual(found, wanted) ? subject : null;
`,
    `  const signature = token.slice(at + 1);
  return signature === sign(key, subject) ? subject : null;
`,
  )
  .replace(' Compares in constant time.', '');

const TOKENS_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeKey, makeToken, readToken } from '../src/tokens.mjs';

test('a token names its subject to who has the key', () => {
  const key = makeKey();
  assert.equal(readToken(key, makeToken(key, 'ada')), 'ada');
});

test('a forged, foreign or broken token names nobody', () => {
  const key = makeKey();
  const token = makeToken(key, 'ada');
  assert.equal(readToken(key, token.replace('ada', 'eve')), null);
  assert.equal(readToken(makeKey(), token), null);
  assert.equal(readToken(key, 'no-dot'), null);
});
`;

/** Rounds by task. A task that is called more often than it has rounds does its last one again. */
export const DEMO_SCRIPT: Readonly<Record<string, readonly DemoRound[]>> = {
  'security-agent': [
    { says: ['reading src/', 'writing src/tokens.mjs'], writes: { 'src/tokens.mjs': TOKENS_NAIVE } },
    { says: ['comparing in constant time'], writes: { 'src/tokens.mjs': TOKENS_SAFE } },
    { says: ['writing tests for forged tokens'], writes: { 'tests/tokens.test.mjs': TOKENS_TEST } },
  ],
  'backend-agent': [
    {
      says: ['reading src/store.mjs', 'writing the service layer', 'writing its tests'],
      writes: {
        'src/notes.mjs': `import { createStore } from './store.mjs';

/** Notes with a text of 1 to 500 characters, on top of a store. */
export function createNotes(store = createStore()) {
  return {
    /** Adds a note and returns its id. Throws a RangeError if the text is empty or too long. */
    write(text) {
      const trimmed = text.trim();
      if (trimmed.length === 0 || trimmed.length > 500) throw new RangeError('a note has 1 to 500 characters');
      return store.add({ text: trimmed });
    },
    /** All notes, oldest first. */
    all() {
      return store.list().map(({ id, value }) => ({ id, text: value.text }));
    },
  };
}
`,
        'tests/notes.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createNotes } from '../src/notes.mjs';

test('notes are trimmed and kept in order', () => {
  const notes = createNotes();
  notes.write('  one ');
  notes.write('two');
  assert.deepEqual(
    notes.all().map((note) => note.text),
    ['one', 'two'],
  );
});

test('an empty or endless note is refused', () => {
  const notes = createNotes();
  assert.throws(() => notes.write('   '), RangeError);
  assert.throws(() => notes.write('x'.repeat(501)), RangeError);
});
`,
      },
      inserts: [
        {
          path: 'src/index.mjs',
          after: "export { createStore } from './store.mjs';",
          text: "export { createNotes } from './notes.mjs';",
        },
      ],
    },
  ],
  'frontend-agent': [
    {
      says: ['reading src/index.mjs', 'writing src/page.mjs', 'escaping what goes into HTML'],
      writes: {
        'src/page.mjs': `const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A page with a list of notes. Their text is escaped. */
export function renderPage(notes) {
  const items = notes.map((note) => \`<li id="note-\${Number(note.id)}">\${escapeHtml(note.text)}</li>\`);
  return \`<!doctype html><ul>\${items.join('')}</ul>\`;
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
`,
        'tests/page.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderPage } from '../src/page.mjs';

test('a page escapes what notes say', () => {
  const page = renderPage([{ id: 1, text: '<script>' }]);
  assert.equal(page, '<!doctype html><ul><li id="note-1">&lt;script&gt;</li></ul>');
});
`,
      },
      inserts: [
        {
          path: 'src/index.mjs',
          after: "export { createStore } from './store.mjs';",
          text: "export { renderPage } from './page.mjs';",
        },
      ],
    },
  ],
  'rag-agent': [
    {
      says: ['reading src/store.mjs', 'writing the search'],
      writes: {
        'src/search.mjs': `/** Notes that hold a word of the query, the best match first, at most \`limit\` of them. */
export function searchNotes(notes, query, limit = 10) {
  const words = new Set(splitWords(query));
  return notes
    .map((note) => ({ note, hits: splitWords(note.text).filter((word) => words.has(word)).length }))
    .filter((match) => match.hits > 0)
    .sort((a, b) => b.hits - a.hits || a.note.id - b.note.id)
    .slice(0, limit)
    .map((match) => match.note);
}

function splitWords(text) {
  return text.toLowerCase().match(/[\\p{L}\\p{N}]+/gu) ?? [];
}
`,
        'tests/search.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { searchNotes } from '../src/search.mjs';

test('the note with most hits comes first', () => {
  const notes = [
    { id: 1, text: 'plant a tree' },
    { id: 2, text: 'tree by tree' },
    { id: 3, text: 'water' },
  ];
  assert.deepEqual(
    searchNotes(notes, 'Tree!').map((note) => note.id),
    [2, 1],
  );
});
`,
      },
      inserts: [{ path: 'CHANGELOG.md', after: '## Unreleased', text: '\n- Search over all notes.' }],
    },
  ],
  'devops-agent': [
    {
      says: ['reading package.json', 'writing the back-up script', 'trying it out'],
      writes: {
        'scripts/backup.mjs': `/** Text of a back-up of notes: one JSON document per line, so that a cut file loses its last note only. */
export function toBackup(notes) {
  return notes.map((note) => \`\${JSON.stringify(note)}\\n\`).join('');
}

/** The notes of a back-up. A line that was cut is left out. */
export function fromBackup(text) {
  return text.split('\\n').flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}
`,
        'tests/backup.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromBackup, toBackup } from '../scripts/backup.mjs';

test('a back-up is read back, and one that was cut loses its last note only', () => {
  const notes = [
    { id: 1, text: 'a' },
    { id: 2, text: 'b' },
  ];
  assert.deepEqual(fromBackup(toBackup(notes)), notes);
  assert.deepEqual(fromBackup(toBackup(notes).slice(0, -5)), [notes[0]]);
});
`,
      },
      inserts: [{ path: 'CHANGELOG.md', after: '## Unreleased', text: '\n- Back-ups, one note per line.' }],
    },
  ],
  'testing-agent': [
    {
      says: ['reading what landed', 'writing a test from note to page'],
      writes: {
        'tests/flow.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createNotes, renderPage } from '../src/index.mjs';

test('what is written is on the page', () => {
  const notes = createNotes();
  notes.write('water the roses');
  notes.write('cut the hedge');
  const page = renderPage(notes.all());
  assert.match(page, /water the roses.*cut the hedge/);
});
`,
      },
    },
  ],
  'docs-agent': [
    {
      says: ['reading what landed', 'writing docs/guide.md', 'while at it: changing src/store.mjs too'],
      writes: {
        'docs/guide.md': `# Guide

\`createNotes()\` keeps notes, \`searchNotes()\` finds them, \`makeToken()\` signs who may read them.
`,
      },
      inserts: [
        {
          path: 'src/store.mjs',
          after: 'export function createStore() {',
          text: '  // Documented in docs/guide.md.',
        },
      ],
    },
  ],
  'github-agent': [
    {
      says: ['reading src/notes.mjs', 'writing the import of issues', 'writing its tests'],
      writes: {
        'src/issues.mjs': `/** Writes a note for each open issue, by its title, and returns how many were written. */
export function importIssues(notes, issues) {
  const open = issues.filter((issue) => issue.state === 'open' && issue.title.trim() !== '');
  for (const issue of open) notes.write(\`#\${issue.number} \${issue.title}\`.slice(0, 500));
  return open.length;
}
`,
        'tests/issues.test.mjs': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createNotes } from '../src/notes.mjs';
import { importIssues } from '../src/issues.mjs';

test('open issues become notes, closed and nameless ones do not', () => {
  const notes = createNotes();
  const issues = [
    { number: 1, state: 'open', title: 'Dark mode' },
    { number: 2, state: 'closed', title: 'Old' },
    { number: 3, state: 'open', title: ' ' },
  ];
  assert.equal(importIssues(notes, issues), 1);
  assert.deepEqual(
    notes.all().map((note) => note.text),
    ['#1 Dark mode'],
  );
});
`,
      },
    },
  ],
};
