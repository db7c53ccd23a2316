#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 20)) {
    console.error('espalier needs Node 22.20 or later; this is Node ' + process.versions.node + '.');
    process.exit(3);
  }
}
import {
  cleanLine,
  fenceText,
  keepHead,
  keepTail
} from "./chunk-AVVG3THQ.mjs";

// src/core/agents/feedback.ts
var MAX_LOG = 12 * 1024;
var MAX_HUNKS = 24 * 1024;
var MAX_LISTED = 50;
function renderTestFeedback(test) {
  const what = test.stage === "base-tests" ? "The base's own version of the tests does not pass against the change. Do not weaken or rewrite existing tests: change the code until the tests as they were pass." : test.stage === "trial" ? "Merged with what has landed since, the tests do not pass." : "The tests do not pass.";
  const how = test.status === "failed" ? `Exit code ${test.exitCode ?? "unknown"}.` : `They ended as '${test.status}'.`;
  return `${what} ${how} The end of their output:

${fenceText(keepTail(test.tail, MAX_LOG))}`;
}
function renderViolationFeedback(violations) {
  const lines = violations.slice(0, MAX_LISTED).map(
    (violation) => `- ${cleanLine(violation.path, 200)}: ${cleanLine(violation.because, 300)} (rule ${violation.rule})`
  );
  if (violations.length > MAX_LISTED) lines.push(`- … and ${violations.length - MAX_LISTED} more`);
  return `The change breaks rules about which files may be changed and what they may hold. Undo or move each of these:

${lines.join("\n")}`;
}
function renderReviewFeedback(review, threshold) {
  if (review.score === null) return `The review gave no score: ${cleanLine(review.detail, 500)}`;
  const lines = review.findings.slice(0, MAX_LISTED).map(renderFinding);
  if (review.findings.length > MAX_LISTED) lines.push(`- … and ${review.findings.length - MAX_LISTED} more`);
  const findings = lines.length === 0 ? "It names no findings." : `Findings:

${lines.join("\n")}`;
  return `The review scored the change ${review.score} of 10; ${threshold} and no blocking finding are needed. ${findings}`;
}
function renderFinding(finding) {
  const place = finding.path === null ? "" : `${finding.path}${finding.line === null ? "" : `:${finding.line}`}: `;
  return `- [${finding.severity}] ${place}${keepHead(finding.message, 2e3).replaceAll("\n", "\n  ")}`;
}
function renderConflictFeedback(conflicts, hunks) {
  const list = conflicts.slice(0, MAX_LISTED).map(({ path, because }) => `- ${cleanLine(path, 200)}: ${cleanLine(because, 200)}`);
  const shown = [];
  let left = MAX_HUNKS;
  for (const { path, text } of hunks) {
    if (left <= 0) break;
    const part = keepHead(text, left);
    left -= part.length;
    shown.push(`${cleanLine(path, 200)}:

${fenceText(part)}`);
  }
  return [
    "The change conflicts with what has landed since it began. Bring both intents together:",
    list.join("\n"),
    ...shown
  ].join("\n\n");
}
function extractConflictHunks(text, contextLines = 3) {
  const lines = text.split("\n");
  const keep = /* @__PURE__ */ new Set();
  let openedAt = null;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith("<<<<<<<")) openedAt = at;
    if (openedAt === null || !line.startsWith(">>>>>>>")) continue;
    for (let i = Math.max(0, openedAt - contextLines); i <= Math.min(lines.length - 1, at + contextLines); i++)
      keep.add(i);
    openedAt = null;
  }
  const out = [];
  let before = -1;
  for (const at of [...keep].sort((a, b) => a - b)) {
    if (before !== -1 && at > before + 1) out.push("[…]");
    out.push(lines[at] ?? "");
    before = at;
  }
  return out.join("\n");
}
function hasConflictMarkers(text) {
  const wanted = [/^<{7}(?: |$)/, /^={7}$/, /^>{7}(?: |$)/];
  let next = 0;
  for (const line of text.split(/\r?\n/)) {
    if (wanted[next]?.test(line) === true) next++;
    if (next === wanted.length) return true;
  }
  return false;
}

// src/core/report/shell-words.ts
function showCommand(words) {
  return words.map(quoteWord).join(" ");
}
function quoteWord(word) {
  if (/^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=~-]*$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

export {
  showCommand,
  quoteWord,
  renderTestFeedback,
  renderViolationFeedback,
  renderReviewFeedback,
  renderConflictFeedback,
  extractConflictHunks,
  hasConflictMarkers
};
