-- One feed with its model.
SELECT organisation, application, event, site, looked, revision, model FROM hearing WHERE feed = :feed
