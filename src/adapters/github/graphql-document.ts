/**
 * Writes one GraphQL document. What varies goes into variables; the document's text is made of constants, of names
 * that are made here (`t3`, `$v7`), and of nothing that anybody else wrote.
 */

/** A finished document with its variables. */
export interface FinishedDocument {
  document: string;
  variables: Readonly<Record<string, unknown>>;
}

/** See the head of this file. */
export class GraphqlDocument {
  private readonly head: string;
  private readonly types: string[] = [];
  private readonly values: Record<string, unknown> = {};
  private readonly fragments = new Set<string>();
  private readonly selections: string[] = [];

  /** `name` stands in the document, so that its requests can be told apart in logs and tests. */
  constructor(kind: 'query' | 'mutation', name: string) {
    this.head = `${kind} ${name}`;
  }

  /** Hands a value over; the answer stands for it in a selection. `type` is one of the schema, such as `ID!`. */
  variable(type: string, value: unknown): string {
    const name = `v${this.types.length}`;
    this.types.push(`$${name}: ${type}`);
    this.values[name] = value;
    return `$${name}`;
  }

  /** Adds fields to the operation itself. */
  select(selection: string): void {
    this.selections.push(selection);
  }

  /** Adds definitions of fragments, each once. */
  define(...fragments: readonly string[]): void {
    for (const fragment of fragments) this.fragments.add(fragment);
  }

  finish(): FinishedDocument {
    const variables = this.types.length === 0 ? '' : `(${this.types.join(', ')})`;
    const operation = `${this.head}${variables} {\n${this.selections.join('\n')}\n}`;
    return { document: [operation, ...this.fragments].join('\n'), variables: this.values };
  }
}
