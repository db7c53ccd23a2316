import { describe, expect, it } from 'vitest';

import { findEnvironmentSecrets } from '../../../src/core/text/environment-secrets.ts';

describe('what an environment holds of secrets', () => {
  it('takes what is named like a secret and long enough to be one', () => {
    const env = {
      GITHUB_TOKEN: 'ghp_0123456789',
      API_KEY: 'short',
      PATH: '/usr/bin:/bin',
      DB_PASSWORD: 'correct horse',
    };
    expect(findEnvironmentSecrets(env)).toEqual(['ghp_0123456789', 'correct horse']);
  });
});
