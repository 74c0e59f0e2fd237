import sys
import case

if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
