import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isConfigurationFile, rewritePaths } from '../../../src/core/worktree/rewrite-paths.ts';

describe('rewritePaths', () => {
  it.each([
    ['/home/me/app', '/workspace'],
    ['ROOT=/home/me/app', 'ROOT=/workspace'],
    ['"/home/me/app/src/a.ts"', '"/workspace/src/a.ts"'],
    ['PATH=/bin:/home/me/app/bin:/usr/bin', 'PATH=/bin:/workspace/bin:/usr/bin'],
    ['file:///home/me/app/x', 'file:///workspace/x'],
    ['"\\/home\\/me\\/app\\/x"', '"\\/workspace\\/x"'],
    ['see /home/me/app.', 'see /workspace.'],
    ['/home/me/app2', '/home/me/app2'],
    ['/home/me/app-old/x', '/home/me/app-old/x'],
    ['/home/me/app.git', '/home/me/app.git'],
    ['/home/me/appé', '/home/me/appé'],
    ['/mnt/home/me/app', '/mnt/home/me/app'],
    ['${X}/home/me/app', '${X}/home/me/app'],
    ['../home/me/app', '../home/me/app'],
    ['nothing', 'nothing'],
  ])('turns %j into %j', (text, wanted) => {
    expect(rewritePaths(text, '/home/me/app', '/workspace')).toBe(wanted);
  });

  it.each(['/', '', 'relative'])('leaves everything alone for the folder %j', (from) => {
    expect(rewritePaths('/a/b /c', from, '/workspace')).toBe('/a/b /c');
  });

  it('does it once: what is rewritten holds no path to rewrite', () => {
    const text = fc
      .array(fc.constantFrom('/home/me/app', '/', 'x', ' ', '"', ':', '.', '2'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (before) => {
        const after = rewritePaths(before, '/home/me/app', '/workspace');
        expect(rewritePaths(after, '/home/me/app', '/workspace')).toBe(after);
      }),
    );
  });
});

describe('isConfigurationFile', () => {
  it.each(['.env', '.env.local', 'a/.mcp.json', 'x.toml', 'x.yml', 'x.yaml', 'x.ini', '.npmrc'])('knows %s', (path) => {
    expect(isConfigurationFile(path)).toBe(true);
  });

  it.each(['a.ts', 'env', 'data.db', 'x.json.gz', '.environment'])('leaves %s alone', (path) => {
    expect(isConfigurationFile(path)).toBe(false);
  });
});
