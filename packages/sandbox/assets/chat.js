// Talks to an agent over the platform's own wire, as any other client does.

const form = document.getElementById('chat');
const turns = document.getElementById('turns');
const stop = document.getElementById('stop');
const news = document.getElementById('news');
const { message } = form.elements;

let leave;

form.addEventListener('submit', event => {
	event.preventDefault();
	const text = message.value;
	if (leave || text.trim() === '') return;
	message.value = '';
	ask(text);
});

message.addEventListener('keydown', event => {
	if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
	event.preventDefault();
	form.requestSubmit();
});

stop.addEventListener('click', () => leave?.abort());

async function ask(text) {
	leave = new AbortController();
	stop.hidden = false;
	add(add(turns, 'li', 'you'), 'p', 'said', text);
	const turn = turnView(add(turns, 'li', 'agent'));
	follow();
	try {
		const answer = await fetch(form.dataset.url, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', 'X-Api-Key': form.dataset.key },
			body: JSON.stringify({
				message: text,
				...(form.dataset.session && { session_id: form.dataset.session }),
			}),
			signal: leave.signal,
		});
		const type = answer.headers.get('Content-Type') ?? '';
		if (answer.ok && type.startsWith('text/event-stream')) await read(answer.body, turn);
		else turn.problem(`${answer.status}, ${type}: ${(await answer.text()).slice(0, 1000)}`);
	} catch (error) {
		turn.problem(leave.signal.aborted ? 'Stopped.' : `The connection broke off (${error.message}).`);
	} finally {
		leave = undefined;
		stop.hidden = true;
		follow();
	}
}

async function read(body, turn) {
	let ended = false;
	for await (const { name, data } of events(body)) {
		if (data.session_id) remember(data.session_id);
		if (name === 'token') turn.token(data.content);
		else if (name === 'response') turn.response(data);
		else if (name === 'thinking') turn.step(data.thought);
		else if (name === 'tool')
			turn.step(`${data.success ? 'Tool' : 'Failed tool'}: ${data.tool}. ${data.result_summary}`);
		else if (name === 'warning') turn.step(`Warning: ${data.message}`);
		else if (name === 'error')
			turn.problem(
				Object.values(data.error ?? data)
					.slice(0, 2)
					.join(': '),
			);
		else if (name === 'done' && data.timed_out) turn.problem('The turn ran out of time.');
		ended ||= ['done', 'error', '[DONE]'].includes(name);
	}
	if (!ended) turn.problem('The stream ended without saying that it is over.');
}

async function* events(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = '';
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		const blocks = (rest + value).split('\n\n');
		rest = blocks.pop();
		for (const block of blocks) {
			const name = /^event: (.*)$/m.exec(block)?.[1];
			const data = /^data: (.*)$/m.exec(block)?.[1];
			if (data === '[DONE]') yield { name: data, data: {} };
			else if (data) yield { name, data: JSON.parse(data) };
		}
	}
}

function turnView(item) {
	const steps = add(item, 'ul', 'steps');
	const said = add(item, 'p', 'said');
	return {
		step: text => add(steps, 'li', '', text),
		token: text => {
			said.append(text);
			follow();
		},
		response: ({ content, sources = [] }) => {
			said.textContent = content;
			news.textContent = `Answer: ${content}`;
			if (sources.length === 0) return;
			const list = add(item, 'ul', 'sources');
			list.ariaLabel = 'Sources';
			for (const { file, line } of sources) add(list, 'li', '', `${file}, line ${line}`);
		},
		problem: text => {
			add(item, 'p', 'problem', text);
			news.textContent = text;
		},
	};
}

/** A page that is loaded again shows the same conversation. */
function remember(session) {
	if (form.dataset.session === session) return;
	form.dataset.session = session;
	const query = new URLSearchParams({ agent: form.dataset.agent, session });
	history.replaceState(null, '', `/console/chat?${query}`);
}

function follow() {
	form.scrollIntoView({ block: 'end' });
}

function add(parent, tag, className, textContent = '') {
	const element = Object.assign(document.createElement(tag), { className, textContent });
	parent.append(element);
	return element;
}
