/**
 * Stands in the bundle for `npx-import-light`, by which Probot installs optional packages from the registry while it
 * runs. What ships never installs anything: none of the features that would ask for it is used.
 */

/** Refuses. */
export function npxImport(name: string): never {
  throw new Error(`The package ${name} is not part of this program, and it installs nothing while it runs.`);
}
