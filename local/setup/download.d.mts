export function download(address: string, limit: number): Promise<Buffer>;
export function verifyAgainstSums(bytes: Buffer, name: string, sums: string): void;
