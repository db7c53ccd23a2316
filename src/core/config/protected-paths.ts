/** Paths that no attempt may change unless its task's `allow` names them. */

/**
 * Globs that are protected in every repository: what runs with the repository's rights (workflows, actions), who
 * must approve (CODEOWNERS, in the three places where GitHub looks), what instructs agents (theirs and the next
 * ones'), and the configuration of Espalier itself.
 */
export const BUILT_IN_PROTECTED: readonly string[] = [
  '.github/workflows/**',
  '.github/actions/**',
  '.github/espalier.{yml,yaml}',
  '.github/dependabot.{yml,yaml}',
  'CODEOWNERS',
  '.github/CODEOWNERS',
  'docs/CODEOWNERS',
  '**/CLAUDE.md',
  '**/CLAUDE.local.md',
  '**/AGENTS.md',
  '**/AGENTS.override.md',
  '**/GEMINI.md',
  '.claude/**',
  '.codex/**',
  '.gemini/**',
  '.cursor/**',
  '.cursorrules',
  '.windsurfrules',
  '.clinerules',
  '.clinerules/**',
  '.aider.conf.yml',
  '.mcp.json',
  '**/.mcp.json',
  'opencode.json',
  '.opencode/**',
  '.vscode/mcp.json',
  '.github/copilot-instructions.md',
  '.github/instructions/**',
  '.github/prompts/**',
  '.github/agents/**',
  '.agent-coordination/**',
  '.gitmodules',
];
