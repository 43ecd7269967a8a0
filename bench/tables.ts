/** Prints rows in aligned columns: the first to the left, the others to the right. */
export function printTable(
	title: string,
	head: readonly string[],
	rows: readonly (readonly string[])[],
): void {
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column]?.length ?? 0)));
	const line = (cells: readonly string[], fill = ' ') =>
		`| ${cells
			.map((cell, column) => {
				const width = widths[column] ?? 0;
				return column === 0 ? cell.padEnd(width, fill) : cell.padStart(width, fill);
			})
			.join(' | ')} |`;
	const rule = line(
		head.map((_, column) => (column === 0 ? '' : ':')),
		'-',
	);
	console.log(`\n${title}\n`);
	console.log([line(head), rule, ...rows.map(row => line(row))].join('\n'));
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Three significant figures, without an exponent. */
export function figure(value: number): string {
	if (!Number.isFinite(value)) return '–';
	if (value >= 100) return value.toFixed(0);
	return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
