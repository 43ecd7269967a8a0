// What buttons and forms do: `data-copy` copies a text, `data-call` names the method and path of a call.

const failure = document.getElementById('failure');

document.addEventListener('click', ({ target }) => {
	const button = target.closest('button[data-copy], button[data-call]');
	if (!button) return;
	if (button.dataset.copy !== undefined) copy(button);
	else if (!button.dataset.confirm || confirm(button.dataset.confirm)) call(button, button.dataset.call);
});

document.addEventListener('submit', event => {
	const form = event.target;
	if (form.dataset.call === undefined) return;
	event.preventDefault();
	call(event.submitter ?? form, form.dataset.call, valuesOf(form));
});

async function copy(button) {
	await navigator.clipboard.writeText(button.dataset.copy);
	button.textContent = 'Copied';
	setTimeout(() => {
		button.textContent = 'Copy';
	}, 1500);
}

async function call(button, what, body) {
	if (button.ariaBusy === 'true') return;
	button.ariaBusy = 'true';
	failure.hidden = true;
	const [method, path] = what.split(' ');
	try {
		const answer = await fetch(path, {
			method,
			...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
		});
		if (answer.ok) return;
		const { error, message } = await answer.json();
		fail(message ?? error.message);
	} catch {
		fail('The sandbox does not answer.');
	} finally {
		button.ariaBusy = 'false';
	}
}

/** A field that is left empty is not sent. */
function valuesOf(form) {
	const filled = [...new FormData(form)].filter(([, value]) => value !== '');
	const isNumber = name => form.elements[name].type === 'number';
	return Object.fromEntries(filled.map(([name, value]) => [name, isNumber(name) ? Number(value) : value]));
}

function fail(text) {
	failure.textContent = text;
	failure.hidden = false;
}
