import { getSession } from '@cxpa/sdk/zone';
import { Contacts } from './contacts';
import { ReportForm } from './report-form';

export default async function Page() {
	// What is given to a component of the browser is sent to the browser: never give it the session itself.
	const { claims } = await getSession();
	return (
		<>
			<header>
				<h1>Reports</h1>
				<p>
					{claims.userName ?? claims.userEmail}, {claims.role} of {claims.orgSlug}
				</p>
			</header>
			<ReportForm />
			<Contacts />
		</>
	);
}
