const QUOTE = 34;
const BACKSLASH = 92;

/** Whether a JSON text opens more than `limit` arrays and objects inside one another. One pass, no recursion. */
export function nestsDeeperThan(json: string, limit: number): boolean {
	let depth = 0;
	let inString = false;
	for (let index = 0; index < json.length; index++) {
		const unit = json.charCodeAt(index);
		if (inString) {
			if (unit === BACKSLASH) index++;
			else if (unit === QUOTE) inString = false;
		} else if (unit === QUOTE) inString = true;
		else if (unit === 91 || unit === 123) {
			depth++;
			if (depth > limit) return true;
		} else if (unit === 93 || unit === 125) depth--;
	}
	return false;
}
