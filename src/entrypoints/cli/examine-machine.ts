export async function examineMachine(..._a: unknown[]): Promise<void> {}
