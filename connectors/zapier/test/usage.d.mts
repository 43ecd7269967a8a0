export interface Usage {
	readonly heapBytes: number;
	readonly sockets: number;
}

export function usage(): Promise<Usage>;
