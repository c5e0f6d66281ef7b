# written with the package work
