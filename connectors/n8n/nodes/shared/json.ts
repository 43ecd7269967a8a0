import type { IDataObject } from 'n8n-workflow';
import { jsonParse } from 'n8n-workflow';

/** An output as n8n keeps it: plain JSON that nothing else refers to. */
export function toJson(output: object): IDataObject {
	return jsonParse<IDataObject>(JSON.stringify(output));
}
