/**
 * Every action of others that a workflow of Espalier uses, pinned to one commit: the only table of them. The commits
 * are those of the tags of that name in the actions' own repositories.
 */

/** One action at one commit. */
export interface PinnedAction {
  /** `owner/name`. */
  repository: string;
  /** Full commit SHA. */
  sha: string;
  /** The tag that stood at that commit, for people and for Dependabot. */
  version: string;
}

/** The actions, by what they do here. */
export const PINNED_ACTIONS = {
  checkout: {
    repository: 'actions/checkout',
    sha: '3d3c42e5aac5ba805825da76410c181273ba90b1',
    version: 'v7.0.1',
  },
  // The first version that can leave a file as it is (`archive: false`), so that its digest is the artifact's.
  uploadArtifact: {
    repository: 'actions/upload-artifact',
    sha: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f',
    version: 'v7.0.0',
  },
  downloadArtifact: {
    repository: 'actions/download-artifact',
    sha: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c',
    version: 'v8.0.1',
  },
  createAppToken: {
    repository: 'actions/create-github-app-token',
    sha: '1b10c78c7865c340bc4f6099eb2f838309f1e8c3',
    version: 'v3.1.1',
  },
} as const satisfies Readonly<Record<string, PinnedAction>>;

/** What stands behind `uses:`, with the version as a comment. */
export function writeUses({ repository, sha, version }: PinnedAction): string {
  return `${repository}@${sha} # ${version}`;
}
