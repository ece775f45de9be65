"""What schemathesis cannot know of the service: nothing of another province is ever answered."""

import schemathesis

# Stands in every name and title of the province in foreign.json, which the caller may not see.
MARK = "FOREIGN-MARK"


@schemathesis.check
def nothing_of_another_province(ctx, response, case):
    assert MARK not in response.text, "the answer shows something of the province XX"
