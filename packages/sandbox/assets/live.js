// Keeps the lists of a page as they are in the sandbox. A list names itself in `data-live`; the server draws its rows.

const lists = [...document.querySelectorAll('[data-live]')];
const connection = document.getElementById('connection');
const news = document.getElementById('news');

let position = document.body.dataset.position;
let source;

function connect() {
	if (source || document.hidden || lists.length === 0) return;
	const query = new URLSearchParams({
		lists: lists.map(list => list.dataset.live).join(','),
		after: position,
	});
	source = new EventSource(`/sandbox/api/events?${query}`);
	source.onopen = () => show('live', 'good');
	source.onerror = () => {
		show('connecting', 'busy');
		// A browser gives up for good when the answer is no stream.
		if (source?.readyState === EventSource.CLOSED) {
			disconnect();
			setTimeout(connect, 3000);
		}
	};
	source.addEventListener('row', ({ data, lastEventId }) => {
		position = lastEventId;
		const { list, html } = JSON.parse(data);
		put(list, html);
	});
	source.addEventListener('stale', () => refresh());
}

function disconnect() {
	source?.close();
	source = undefined;
}

// A page that nobody sees takes nothing, and catches up when it is looked at.
document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
addEventListener('pagehide', disconnect);
addEventListener('pageshow', connect);
connect();

function show(text, tone) {
	connection.textContent = text;
	connection.className = `badge ${tone}`;
	connection.hidden = false;
}

function put(name, html) {
	const list = lists.find(({ dataset }) => dataset.live === name);
	const template = document.createElement('template');
	template.innerHTML = html;
	const row = template.content.firstElementChild;
	const old = document.getElementById(row.id);
	if (old) keepingPlace(() => old.replaceWith(row));
	else {
		row.classList.add('new');
		const isOlder = ({ dataset }) => Number(dataset.order) < Number(row.dataset.order);
		list.insertBefore(row, [...list.children].find(isOlder) ?? null);
		while (list.children.length > Number(list.dataset.max)) list.lastElementChild.remove();
	}
	if (row.dataset.news) say(row.dataset.news);
}

let refreshing = false;
let again = false;

/** Draws the lists anew from the page itself, as it is now. */
async function refresh() {
	again = refreshing;
	if (refreshing) return;
	refreshing = true;
	try {
		const answer = await fetch(location.href);
		if (!answer.ok) return;
		const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
		position = fresh.body.dataset.position;
		for (const list of lists) {
			const now = fresh.querySelector(`[data-live="${CSS.escape(list.dataset.live)}"]`);
			if (now) keepingPlace(() => list.replaceChildren(...now.childNodes));
		}
	} finally {
		refreshing = false;
		if (again) refresh();
	}
}

/** Whoever is at a link or a button of a row, or has opened something in it, is there afterwards, too. */
function keepingPlace(change) {
	const focused = document.activeElement;
	const row = focused?.closest('[data-live] [id]');
	const index = row ? stops(row).indexOf(focused) : -1;
	const opened = [...document.querySelectorAll('[data-live] [id] > details[open]')].map(
		({ parentElement }) => parentElement.id,
	);
	change();
	if (row && !focused.isConnected) {
		const stop = stops(document.getElementById(row.id))[index] ?? document.getElementById('main');
		stop.focus({ preventScroll: true });
	}
	for (const id of opened) document.getElementById(id)?.querySelector('details')?.setAttribute('open', '');
}

function stops(row) {
	return row ? [...row.querySelectorAll('a, button, summary, pre')] : [];
}

let unsaid;

/** For a screen reader; only the last of what happens within a second. */
function say(text) {
	if (unsaid === undefined) {
		setTimeout(() => {
			news.textContent = unsaid;
			unsaid = undefined;
		}, 1000);
	}
	unsaid = text;
}
