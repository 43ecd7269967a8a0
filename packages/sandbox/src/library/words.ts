/** So many words of a question are looked for; the rest of a very long prompt adds cost and no meaning. */
const MAX_WORDS = 32;

const STOP_WORDS = new Set(
	`a about all also am an and any are as at be been but by can could did do does for from give go had has have
	he her him his how i if in into is it its just know let like may me might more most much must my need no not of
	on one or our out please she should show so some tell than that the their them then there these they this those
	to up us was we were what when where which who whom whose why will with would you your
	don doesn didn isn aren wasn weren won ll re ve`.split(/\s+/),
);

/** Words that ask for more of the same when nothing else is said, and mean themselves otherwise. */
const CONTINUING_WORDS = new Set([
	'continue',
	'elaborate',
	'else',
	'further',
	'going',
	'keep',
	'next',
	'ok',
	'okay',
]);

/** The words of a question that can be searched for, each once. None: the question leans on an earlier one. */
export function searchableWords(question: string): string[] {
	const words = new Set<string>();
	for (const [word] of question.toLowerCase().matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
		if (STOP_WORDS.has(word) || /^[a-z]$/.test(word)) continue;
		words.add(word);
		if (words.size === MAX_WORDS) break;
	}
	return [...words].every(word => CONTINUING_WORDS.has(word)) ? [] : [...words];
}
