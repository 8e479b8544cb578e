/* The factor that makes independent normals correlated (Golub and Van Loan, Matrix Computations,
 * 4th edition, section 4.2: Cholesky by rows). */
#include "model/passes.h"

#include <math.h>

/* Pivots below this are taken as zero: correlations are given to a few digits. */
static const double pivot_min = 1e-10;

size_t chi_cholesky(const double *matrix, size_t size, double *factor)
{
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = matrix[i * size + j];
            for (size_t k = 0; k < j; k++)
                sum -= factor[i * size + k] * factor[j * size + k];
            if (i == j && !(sum > pivot_min))
                return i;
            factor[i * size + j] = i == j ? sqrt(sum) : sum / factor[j * size + j];
        }
        for (size_t j = i + 1; j < size; j++)
            factor[i * size + j] = 0.0;
    }
    return size;
}
