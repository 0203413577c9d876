"""What a rating page and its judgment cost the web processes, beside a bare Django site in the same run."""
