import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openLiveView } from '../../../src/adapters/terminal/live-view.ts';
import { decideColour, decideUtf8, openTerminal, type OutputStream } from '../../../src/adapters/terminal/terminal.ts';
import { line, span } from '../../../src/core/report/spans.ts';

function fakeStream(overrides: Partial<OutputStream> = {}): OutputStream & { written: string[] } {
  const written: string[] = [];
  return { written, write: (text) => written.push(text) > 0, ...overrides };
}

describe('decideColour', () => {
  it.each([
    { isTty: true, env: {}, wanted: true },
    { isTty: false, env: {}, wanted: false },
    { isTty: true, env: { TERM: 'dumb' }, wanted: false },
    { isTty: true, env: { NO_COLOR: '1' }, wanted: false },
    { isTty: true, env: { NO_COLOR: '' }, wanted: true },
    { isTty: false, env: { FORCE_COLOR: '1' }, wanted: true },
    { isTty: true, env: { FORCE_COLOR: '0' }, wanted: false },
    { isTty: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, wanted: false },
  ])('is $wanted for a terminal ($isTty) with $env', ({ isTty, env, wanted }) => {
    expect(decideColour(isTty, env)).toBe(wanted);
  });
});

describe('decideUtf8', () => {
  it.each([
    { env: {}, wanted: false },
    { env: { LANG: 'de_DE.UTF-8' }, wanted: true },
    { env: { LANG: 'C.utf8' }, wanted: true },
    { env: { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, wanted: false },
    { env: { LC_CTYPE: 'UTF-8' }, wanted: true },
    { env: { LC_ALL: '', LANG: 'en_GB.UTF-8' }, wanted: true },
  ])('is $wanted for $env', ({ env, wanted }) => {
    expect(decideUtf8(env)).toBe(wanted);
  });
});

describe('a terminal', () => {
  it('paints spans where there are colours, and writes plain text elsewhere', () => {
    const coloured = fakeStream({ isTTY: true });
    openTerminal(coloured, { LANG: 'C.UTF-8' }).print([[span('good', 'good'), span(' rest')]]);
    expect(coloured.written).toEqual(['\u001b[32mgood\u001b[39m rest\n']);
    const plain = fakeStream();
    openTerminal(plain, {}).print([[span('good', 'good'), span(' padded  ')], line('é')]);
    expect(plain.written).toEqual(['good padded\né\n']);
  });

  it('shows no byte that an ASCII terminal would garble', () => {
    const stream = fakeStream({ isTTY: true });
    openTerminal(stream, { NO_COLOR: '1' }).print([line('café 日本 🌳')]);
    expect(stream.written).toEqual(['caf? ?? ?\n']);
  });

  it.each([
    { name: 'no terminal', stream: {}, env: {}, wanted: false },
    { name: 'a terminal', stream: { isTTY: true }, env: {}, wanted: true },
    { name: 'a dumb terminal', stream: { isTTY: true }, env: { TERM: 'dumb' }, wanted: false },
    { name: 'a terminal of a CI system', stream: { isTTY: true }, env: { CI: 'true' }, wanted: false },
  ])('redraws in place ($wanted) on $name', ({ stream, env, wanted }) => {
    expect(openTerminal(fakeStream(stream), env).canRedraw).toBe(wanted);
  });
});

describe('a live view', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function open(): {
    stream: ReturnType<typeof fakeStream>;
    draws: () => number;
    view: ReturnType<typeof openLiveView>;
  } {
    const stream = fakeStream({ isTTY: true, columns: 40, rows: 10 });
    let frames = 0;
    const terminal = openTerminal(stream, { NO_COLOR: '1', LANG: 'C.UTF-8' });
    const view = openLiveView(terminal, () => {
      frames += 1;
      return [line(`frame ${frames}`)];
    });
    return { stream, draws: () => frames, view };
  }

  it('draws at most ten times a second, however often it is told that something changed', () => {
    const { draws, view } = open();
    for (let ms = 0; ms < 1000; ms += 10) {
      view.touch();
      vi.advanceTimersByTime(10);
    }
    expect(draws()).toBeGreaterThanOrEqual(8);
    expect(draws()).toBeLessThanOrEqual(11);
    view.close(false);
  });

  it('draws once a second for its clock when nothing changes, and never after it was closed', () => {
    const { draws, view } = open();
    vi.advanceTimersByTime(5000);
    const before = draws();
    expect(before).toBeGreaterThanOrEqual(5);
    expect(before).toBeLessThanOrEqual(7);
    view.close(false);
    view.touch();
    vi.advanceTimersByTime(5000);
    expect(draws()).toBe(before);
  });

  it('keeps what is printed above it', () => {
    const { stream, view } = open();
    vi.advanceTimersByTime(200);
    view.printAbove([line('landed')]);
    view.close(true);
    const text = stream.written.join('');
    expect(text).toContain('landed');
    expect(text.indexOf('landed')).toBeLessThan(text.lastIndexOf('frame'));
  });
});
