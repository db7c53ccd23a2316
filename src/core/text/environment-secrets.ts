/** Values of an environment that must not get into a log. */

/** The values of what is named like a secret and is long enough to be one. */
export function findEnvironmentSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= 8 && /TOKEN|SECRET|PASSW|API_?KEY|CREDENTIAL|PRIVATE/i.test(name)
      ? [value]
      : [],
  );
}
