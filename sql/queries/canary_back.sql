-- The canary comes through again: that it has since the alarm is asked here, so that a node that has just begun cannot say so. One row changes if that is news.
UPDATE canary SET alarmed = NULL WHERE department = :department AND alarmed IS NOT NULL AND passed > alarmed
