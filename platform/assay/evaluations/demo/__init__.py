"""What `make demo` shows: the main job over what ships here, and a training run watched from its beginning."""
