export function processStart(pid: number): Promise<string | undefined>;
export function processCommand(pid: number): Promise<string | undefined>;
