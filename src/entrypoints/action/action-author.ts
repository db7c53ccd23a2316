/** Author and committer of the commits that the jobs of a leg make; part of what makes their names the same again. */

/** The forge's own bot for runs. */
export const ACTION_AUTHOR = {
  name: 'github-actions[bot]',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
} as const;
