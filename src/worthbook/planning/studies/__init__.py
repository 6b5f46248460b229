"""The methods of studies, one file each."""
